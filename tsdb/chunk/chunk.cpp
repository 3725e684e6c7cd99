#include "tsdb/chunk/chunk.h"

#include <algorithm>
#include <memory>

#include "tsdb/chunk/chunk_decoder.h"

namespace hakem::tsdb {
namespace {

/// The longest time that one chunk covers, so that retention can drop old samples.
constexpr Duration kMaxSpan = std::chrono::hours(2);
/// The longest encodings.
constexpr std::uint32_t kMaxRunBits = 2 + 2 + 32;
constexpr std::uint32_t kMaxValueBits = 1 + 5 + 6 + 64;
/// Initial size: enough for the interval alone, since many series never change.
constexpr std::uint32_t kFirstWords = chunk_layout::kHeaderWords + 1;
/// The least growth: enough for any token and the run before it.
constexpr std::uint32_t kMoreWords = 4;
/// The most memory reserved for expected points; more is allocated when they come.
constexpr std::uint64_t kMostExpected = 1023;
/// Memory that the block and the allocator add to the words.
constexpr std::uint32_t kOverheadBytes = 24;

std::uint64_t LoadWord(std::uint64_t& word, std::memory_order order = std::memory_order_relaxed) {
  return std::atomic_ref(word).load(order);
}

void StoreWord(std::uint64_t& word, std::uint64_t value,
               std::memory_order order = std::memory_order_relaxed) {
  std::atomic_ref(word).store(value, order);
}

/// How an interval's change is encoded: set bits, then a clear one unless it is the last form, then
/// the change.
struct IntervalForm {
  unsigned set_bits;
  unsigned prefix_bits;
  unsigned change_bits;

  static IntervalForm Of(std::int64_t change) {
    constexpr auto& kBits = chunk_layout::kIntervalBits;
    unsigned form = 0;
    while (!chunk_layout::Fits(change, kBits[form])) {
      ++form;
    }
    return {form, form + (form + 1 < std::size(kBits) ? 1 : 0), kBits[form]};
  }
};

struct AtomicWords {
  std::uint64_t* words;
  std::size_t count;

  std::size_t size() const { return count; }

  std::uint64_t operator[](std::size_t index) const {
    // The first word says how many samples may be read from the others.
    return LoadWord(words[index],
                    index == 0 ? std::memory_order_acquire : std::memory_order_relaxed);
  }
};

}  // namespace

Chunk::Chunk(std::uint32_t size) : block_(SharedBlock<Header>::Make(size * sizeof(Word))) {
  block_->size = size;
  std::uninitialized_fill_n(words(), size, Word{0});
}

Timestamp Chunk::first_time() const {
  return Timestamp(Duration(static_cast<std::int64_t>(LoadWord(words()[1]))));
}

std::uint32_t Chunk::sample_count() const {
  return static_cast<std::uint32_t>(LoadWord(words()[0], std::memory_order_acquire) >> 32);
}

std::uint32_t Chunk::bytes() const {
  return size() * std::uint32_t{sizeof(Word)} + kOverheadBytes;
}

void Chunk::Read(Timestamp after, Timestamp until, std::vector<Point>& points,
                 const ChunkMark* mark) const {
  const AtomicWords words{this->words(), size()};
  ChunkDecoder decoder = mark == nullptr ? ChunkDecoder(words) : ChunkDecoder(words, *mark);
  for (Point point; decoder.Next(point) && point.time <= until;) {
    if (point.time <= after) {
      continue;
    }
    if (points.empty()) {
      points.reserve(std::min(decoder.ExpectedUntil(until), kMostExpected) + 1);
    }
    points.push_back(point);
  }
}

ChunkWriter::ChunkWriter(Timestamp time, double value)
    : chunk_(kFirstWords),
      last_time_(time.time_since_epoch().count()),
      value_(std::bit_cast<std::uint64_t>(value)),
      position_(chunk_layout::kHeaderWords * 64),
      samples_(1),
      encoded_(1) {
  StoreWord(chunk_.words()[1], static_cast<std::uint64_t>(last_time_));
  StoreWord(chunk_.words()[2], std::bit_cast<std::uint64_t>(value));
  StoreWord(chunk_.words()[0], chunk_layout::State(1, 1), std::memory_order_release);
}

bool ChunkWriter::is_full(Timestamp next) const {
  return samples_ == 0 || tokens_ >= kMaxTokens || samples_ == chunk_layout::kMaxSamples ||
         next - chunk_.first_time() >= kMaxSpan;
}

bool ChunkWriter::Append(Timestamp time, double value) {
  const std::int64_t now = time.time_since_epoch().count();
  const std::int64_t interval = now - last_time_;
  if (interval == interval_ && value_.Is(value)) {
    ++samples_;  // The run continues; it is written when it ends.
  } else {
    if (!HasRoomFor(interval, value)) {
      return false;
    }
    WriteRun();
    if (interval == interval_) {
      Write(0b0, 1);
      value_.Write(value, [this](std::uint64_t bits, unsigned count) { Write(bits, count); });
    } else {
      Write(0b11, 2);
      WriteIntervalChange(interval - interval_);
      const bool differs = !value_.Is(value);
      Write(differs ? 1 : 0, 1);
      if (differs) {
        value_.Write(value, [this](std::uint64_t bits, unsigned count) { Write(bits, count); });
      }
    }
    interval_ = interval;
    ++tokens_;
    encoded_ = ++samples_;
  }
  last_time_ = now;
  StoreWord(chunk_.words()[0], chunk_layout::State(samples_, encoded_), std::memory_order_release);
  return true;
}

std::optional<ChunkMark> ChunkWriter::TakeMark() {
  if (tokens_ < marked_tokens_ + kTokensPerMark || tokens_ >= kMaxTokens || samples_ != encoded_) {
    return std::nullopt;
  }
  marked_tokens_ = tokens_;
  return ChunkMark{position_, samples_, last_time(), static_cast<std::uint64_t>(interval_), value_};
}

void ChunkWriter::WriteRun() {
  const std::uint32_t length = samples_ - encoded_;
  if (length == 0) {
    return;
  }
  ++tokens_;
  Write(0b10, 2);
  if (length <= 8) {
    Write(length - 1, 1 + 3);
  } else if (length <= 264) {
    Write(0b10 << 8 | (length - 9), 2 + 8);
  } else {
    Write(std::uint64_t{0b11} << 32 | length, 2 + 32);
  }
}

void ChunkWriter::WriteIntervalChange(std::int64_t change) {
  const IntervalForm form = IntervalForm::Of(change);
  if (form.prefix_bits > 0) {
    const std::uint64_t set = (std::uint64_t{1} << form.set_bits) - 1;
    Write(set << (form.prefix_bits - form.set_bits), form.prefix_bits);
  }
  const unsigned unused = 64 - form.change_bits;
  Write(static_cast<std::uint64_t>(change) << unused >> unused, form.change_bits);
}

/// Whether a token with both and the run before it fit.
bool ChunkWriter::HasRoomFor(std::int64_t interval, double value) const {
  std::uint32_t bits = 2 + 1;
  if (samples_ != encoded_) {
    bits += kMaxRunBits;
  }
  if (interval != interval_) {
    const IntervalForm form = IntervalForm::Of(interval - interval_);
    bits += form.prefix_bits + form.change_bits;
  }
  if (!value_.Is(value)) {
    bits += kMaxValueBits;
  }
  return position_ + bits <= chunk_.size() * 64;
}

void ChunkWriter::Write(std::uint64_t bits, unsigned count) {
  std::uint64_t* word = &chunk_.words()[position_ / 64];
  const unsigned free = 64 - position_ % 64;
  position_ += count;
  // Readers may see new bits of a word, but stop before them.
  const std::uint64_t before = LoadWord(*word);
  if (count <= free) {
    StoreWord(*word, before | bits << (free - count));
  } else {
    StoreWord(*word, before | bits >> (count - free));
    StoreWord(word[1], bits << (64 - (count - free)));
  }
}

Chunk ChunkWriter::CopyOf(std::uint32_t size) const {
  Chunk copy(size);
  for (std::uint32_t i = 0; i < std::min(used_words(), size); ++i) {
    StoreWord(copy.words()[i], LoadWord(chunk_.words()[i]));
  }
  return copy;
}

Chunk ChunkWriter::Grown() const {
  return CopyOf(chunk_.size() + std::max(chunk_.size() / 2, kMoreWords));
}

Chunk ChunkWriter::Finish() const {
  return CopyOf(used_words());
}

}  // namespace hakem::tsdb

#include "tsdb/chunk/chunk.h"

#include <algorithm>

#include "tsdb/chunk/chunk_decoder.h"

namespace hakem::tsdb {
namespace {

/// And after so long, so that retention can drop what is old.
constexpr Duration kMaxSpan = std::chrono::hours(2);
/// Before its last token a chunk has room for a run and a sample that fit no short form.
constexpr std::uint32_t kMaxTokenBits = (2 + 2 + 32) + (2 + 3 + 64) + (1 + 12 + 64);
/// Room for one token and the run before it; many series never change.
constexpr std::uint32_t kFirstWords = chunk_layout::kHeaderWords + (kMaxTokenBits + 63) / 64;
/// Room for more points is made when they come.
constexpr std::uint64_t kMostExpected = 1023;
/// What std::make_shared and the allocator add to the words.
constexpr std::size_t kOverheadBytes = 32;

std::uint64_t LoadWord(std::uint64_t& word, std::memory_order order = std::memory_order_relaxed) {
  return std::atomic_ref(word).load(order);
}

void StoreWord(std::uint64_t& word, std::uint64_t value,
               std::memory_order order = std::memory_order_relaxed) {
  std::atomic_ref(word).store(value, order);
}

struct AtomicWords {
  std::uint64_t* words;
  std::size_t count;

  std::size_t size() const { return count; }

  std::uint64_t operator[](std::size_t index) const {
    // The first word says what may be read of the others.
    return LoadWord(words[index],
                    index == 0 ? std::memory_order_acquire : std::memory_order_relaxed);
  }
};

}  // namespace

Timestamp Chunk::first_time() const {
  return Timestamp(Duration(static_cast<std::int64_t>(LoadWord(words_[1]))));
}

std::uint32_t Chunk::sample_count() const {
  return static_cast<std::uint32_t>(LoadWord(words_[0], std::memory_order_acquire) >> 32);
}

std::size_t Chunk::bytes() const {
  return size_ * sizeof(Word) + kOverheadBytes;
}

void Chunk::Read(Timestamp after, Timestamp until, std::vector<Point>& points,
                 const ChunkMark* mark) const {
  const AtomicWords words{words_.get(), size_};
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
      told_(1) {
  StoreWord(chunk_.words_[1], static_cast<std::uint64_t>(last_time_));
  StoreWord(chunk_.words_[2], std::bit_cast<std::uint64_t>(value));
  StoreWord(chunk_.words_[0], chunk_layout::State(1, 1), std::memory_order_release);
}

bool ChunkWriter::is_full(Timestamp next) const {
  return samples_ == 0 || tokens_ >= kMaxTokens || samples_ == chunk_layout::kMaxSamples ||
         next - chunk_.first_time() >= kMaxSpan;
}

bool ChunkWriter::Append(Timestamp time, double value) {
  const std::int64_t now = time.time_since_epoch().count();
  const std::int64_t interval = now - last_time_;
  if (interval == interval_ && value_.Is(value)) {
    ++samples_;  // The run goes on; it is written when it ends.
  } else {
    if (position_ + kMaxTokenBits > chunk_.size_ * 64) {
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
    told_ = ++samples_;
  }
  last_time_ = now;
  StoreWord(chunk_.words_[0], chunk_layout::State(samples_, told_), std::memory_order_release);
  return true;
}

std::optional<ChunkMark> ChunkWriter::TakeMark() {
  if (tokens_ - marked_tokens_ < kTokensPerMark || tokens_ >= kMaxTokens || samples_ != told_) {
    return std::nullopt;
  }
  marked_tokens_ = tokens_;
  return ChunkMark{position_, samples_, last_time(), static_cast<std::uint64_t>(interval_), value_};
}

void ChunkWriter::WriteRun() {
  const std::uint32_t length = samples_ - told_;
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
  constexpr auto& kBits = chunk_layout::kIntervalBits;
  std::size_t width = 0;
  while (!chunk_layout::Fits(change, kBits[width])) {
    Write(1, 1);
    ++width;
  }
  if (width + 1 < std::size(kBits)) {
    Write(0, 1);
  }
  const unsigned count = kBits[width];
  Write(static_cast<std::uint64_t>(change) << (64 - count) >> (64 - count), count);
}

void ChunkWriter::Write(std::uint64_t bits, unsigned count) {
  std::uint64_t* word = &chunk_.words_[position_ / 64];
  const unsigned free = 64 - position_ % 64;
  position_ += count;
  // Readers that see the new bits of a word stop before them.
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
    StoreWord(copy.words_[i], LoadWord(chunk_.words_[i]));
  }
  return copy;
}

void ChunkWriter::Grow() {
  chunk_ = CopyOf(chunk_.size_ + std::max(chunk_.size_ / 2, 4U));
}

Chunk ChunkWriter::Finish() const {
  return CopyOf(used_words());
}

}  // namespace hakem::tsdb

#include "tsdb/persistence/block.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "tsdb/chunk/bits.h"

namespace hakem::tsdb {
namespace {

constexpr std::uint64_t kVersion = 1;
/// The most times or series of a block, so that a damaged one cannot demand any amount of memory.
constexpr std::uint64_t kMaxTimes = 1U << 16;
constexpr std::uint64_t kMaxSeries = 1U << 24;
/// The longest gap between two times of a block: 500 years in milliseconds.
constexpr std::uint64_t kMaxStep = std::uint64_t{1} << 44;

void WriteNumber(BitWriter& writer, std::uint64_t number) {
  for (; number >= 0x80; number >>= 7) {
    writer.Write(0x80 | (number & 0x7f), 8);
  }
  writer.Write(number, 8);
}

/// Presents bytes as words; the last one is padded with zeros.
class ByteWords {
 public:
  explicit ByteWords(std::string_view bytes) : bytes_(bytes) {}

  std::size_t size() const { return (bytes_.size() + 7) / 8; }

  std::uint64_t operator[](std::size_t index) const {
    std::uint64_t word = 0;
    for (std::size_t i = index * 8; i < index * 8 + 8; ++i) {
      word = word << 8 | (i < bytes_.size() ? static_cast<unsigned char>(bytes_[i]) : 0U);
    }
    return word;
  }

 private:
  std::string_view bytes_;
};

using Reader = BitReader<ByteWords>;

std::uint64_t ReadNumber(Reader& reader) {
  std::uint64_t number = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    const bool more = reader.ReadBit();
    number |= reader.Read(7) << shift;
    if (!more) {
      break;
    }
  }
  return number;
}

std::string ToBytes(const std::vector<std::uint64_t>& words) {
  std::string bytes;
  bytes.reserve(words.size() * 8);
  for (const std::uint64_t word : words) {
    for (int shift = 56; shift >= 0; shift -= 8) {
      bytes.push_back(static_cast<char>(word >> shift & 0xff));
    }
  }
  return bytes;
}

std::vector<Timestamp> TimesOf(std::span<const SavedPoints> series) {
  std::set<Timestamp> times;
  for (const SavedPoints points : series) {
    for (const Point& point : points) {
      times.insert(times.end(), point.time);
    }
  }
  return {times.begin(), times.end()};
}

std::uint64_t CountOf(Timestamp time) {
  return static_cast<std::uint64_t>(time.time_since_epoch().count());
}

void WriteSample(BitWriter& writer, XorValue& last, double value) {
  const bool differs = !last.Is(value);
  writer.Write(differs ? 1 : 0, 1);
  if (differs) {
    last.Write(value, [&](std::uint64_t bits, unsigned count) { writer.Write(bits, count); });
  }
}

bool ReadSample(Reader& reader, XorValue& last) {
  return !reader.ReadBit() || last.Read(reader);
}

void WriteSeries(BitWriter& writer, SavedPoints points, std::span<const Timestamp> times,
                 XorValue& last) {
  const bool is_whole = points.size() == times.size();
  if (is_whole && std::all_of(points.begin(), points.end(),
                              [&](const Point& point) { return last.Is(point.value); })) {
    writer.Write(0b0, 1);
    return;
  }
  writer.Write(is_whole ? 0b10 : 0b111, is_whole ? 2 : 3);
  auto point = points.begin();
  for (const Timestamp time : times) {
    const bool is_there = point != points.end() && point->time == time;
    if (!is_whole) {
      writer.Write(is_there ? 1 : 0, 1);
    }
    if (is_there) {
      WriteSample(writer, last, point++->value);
    }
  }
}

/// Reads a series that has samples, after its first bits. Returns false when it is damaged.
bool ReadSeries(Reader& reader, bool is_whole, std::span<const Timestamp> times, XorValue& last,
                std::vector<Point>& points) {
  for (const Timestamp time : times) {
    if (!is_whole && !reader.ReadBit()) {
      continue;
    }
    if (!ReadSample(reader, last) || !reader.ok()) {
      return false;
    }
    points.push_back({time, last.value()});
  }
  return true;
}

struct Header {
  std::uint64_t since_key = 0;
  std::vector<Timestamp> times;
  std::uint64_t series = 0;
};

void WriteHeader(BitWriter& writer, const Header& header) {
  WriteNumber(writer, kVersion);
  WriteNumber(writer, header.since_key);
  WriteNumber(writer, header.times.size());
  std::uint64_t last = 0;
  for (const Timestamp time : header.times) {
    WriteNumber(writer, CountOf(time) - last);
    last = CountOf(time);
  }
  WriteNumber(writer, header.series);
}

Result<Header> ReadHeader(Reader& reader) {
  Header header;
  if (const std::uint64_t version = ReadNumber(reader); version != kVersion) {
    return Fail(ErrorCode::kInvalidInput, fmt::format("its version is {}", version));
  }
  header.since_key = ReadNumber(reader);
  const std::uint64_t count = ReadNumber(reader);
  bool is_ascending = true;
  std::uint64_t time = 0;
  for (std::uint64_t i = 0; i < count && count <= kMaxTimes && reader.ok(); ++i) {
    const std::uint64_t step = ReadNumber(reader);
    is_ascending = is_ascending && (i == 0 || (step > 0 && step < kMaxStep));
    time += step;
    header.times.emplace_back(Duration(static_cast<std::int64_t>(time)));
  }
  header.series = ReadNumber(reader);
  if (!reader.ok() || !is_ascending || count > kMaxTimes || header.series > kMaxSeries) {
    return Fail(ErrorCode::kInvalidInput, "its header is damaged");
  }
  return header;
}

}  // namespace

std::string BlockEncoder::Encode(std::span<const SavedPoints> series, bool is_key) {
  if (is_key) {
    since_key_ = 0;
    values_.clear();
  }
  values_.resize(std::max(values_.size(), series.size()));
  const Header header{since_key_++, TimesOf(series), series.size()};
  BitWriter writer;
  WriteHeader(writer, header);
  for (std::size_t id = 0; id < series.size(); ++id) {
    if (!series[id].empty()) {
      WriteSeries(writer, series[id], header.times, values_[id]);
      continue;
    }
    const std::size_t first = id;
    while (id + 1 < series.size() && series[id + 1].empty()) {
      ++id;
    }
    writer.Write(0b110, 3);
    WriteNumber(writer, id - first);
  }
  return ToBytes(writer.words());
}

Result<void> BlockDecoder::Decode(std::string_view block, const OnSeries& on_series) {
  Reader reader{ByteWords(block)};
  const Result<Header> header = ReadHeader(reader);
  if (!header) {
    is_lost_ = true;
    return Fail(header.error());
  }
  if (header->since_key == 0) {
    values_.clear();
  } else if (is_lost_ || header->since_key != next_) {
    is_lost_ = true;
    return Fail(ErrorCode::kInvalidInput, "the block before it is missing");
  }
  is_lost_ = true;  // Until the block has been read to its end.
  next_ = header->since_key + 1;
  std::vector<Point> points;
  for (std::uint64_t id = 0; id < header->series; ++id) {
    const bool is_still = !reader.ReadBit();
    const bool is_whole = is_still || !reader.ReadBit();
    if (!is_whole && !reader.ReadBit()) {
      id += ReadNumber(reader);
      continue;
    }
    if (id >= values_.size()) {
      values_.resize(id + 1);
    }
    points.clear();
    if (is_still) {
      for (const Timestamp time : header->times) {
        points.push_back({time, values_[id].value()});
      }
    } else if (!ReadSeries(reader, is_whole, header->times, values_[id], points)) {
      return Fail(ErrorCode::kInvalidInput, "a series in it is damaged");
    }
    if (!reader.ok()) {
      return Fail(ErrorCode::kInvalidInput, "it is cut off");
    }
    on_series(static_cast<SavedId>(id), points);
  }
  is_lost_ = false;
  return {};
}

}  // namespace hakem::tsdb

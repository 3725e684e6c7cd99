// Decoding a damaged chunk ends early and returns at most as many points as a chunk may hold. Any
// samples that are written are read back.

#include <bit>
#include <cstring>
#include <span>
#include <vector>

#include "model/check.h"
#include "tests/fuzz/fuzz_target.h"
#include "tsdb/chunk/chunk.h"
#include "tsdb/chunk/chunk_decoder.h"

namespace {

using hakem::Duration;
using hakem::Timestamp;
using hakem::tsdb::Point;

void DecodeDamaged(std::span<const std::uint64_t> words) {
  hakem::tsdb::ChunkDecoder decoder(words);
  Point point;
  std::size_t points = 0;
  while (decoder.Next(point)) {
    HAKEM_CHECK(++points <= hakem::tsdb::chunk_layout::kMaxSamples);
  }
}

/// Each pair of words is a sample: the time since the sample before, and its value.
void WriteAndRead(std::span<const std::uint64_t> words) {
  hakem::tsdb::ChunkWriter writer;
  std::vector<Point> written;
  for (std::size_t i = 0; i + 1 < words.size(); i += 2) {
    const Duration later{1 + static_cast<std::int64_t>(words[i] % (1ULL << (words[i] % 40)))};
    const Point point{written.empty() ? Timestamp{later} : written.back().time + later,
                      std::bit_cast<double>(words[i + 1])};
    if (written.empty()) {
      writer = hakem::tsdb::ChunkWriter(point.time, point.value);
    } else if (writer.is_full(point.time)) {
      break;
    } else if (!writer.Append(point.time, point.value)) {
      hakem::tsdb::Chunk grown = writer.Grown();
      writer.MoveTo(grown);
      HAKEM_CHECK(writer.Append(point.time, point.value));
    }
    written.push_back(point);
  }
  if (written.empty()) {
    return;
  }
  std::vector<Point> read;
  writer.Finish().Read(Timestamp::min(), Timestamp::max(), read);
  HAKEM_CHECK(read.size() == written.size());
  for (std::size_t i = 0; i < read.size(); ++i) {
    HAKEM_CHECK(read[i].time == written[i].time);
    HAKEM_CHECK(std::bit_cast<std::uint64_t>(read[i].value) ==
                std::bit_cast<std::uint64_t>(written[i].value));
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<std::uint64_t> words(size / sizeof(std::uint64_t));
  if (!words.empty()) {
    std::memcpy(words.data(), data, words.size() * sizeof(std::uint64_t));
  }
  DecodeDamaged(words);
  WriteAndRead(words);
  return 0;
}

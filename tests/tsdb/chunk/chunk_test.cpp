#include "tsdb/chunk/chunk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <span>
#include <string>

#include "tsdb/chunk/chunk_decoder.h"

namespace hakem::tsdb {
namespace {

using std::chrono::hours;

constexpr Timestamp kStart{std::chrono::seconds(1'767'225'600)};
constexpr Duration kInterval = std::chrono::seconds(5);

/// Compares values by their bits, so that NaNs are compared too.
std::vector<std::pair<std::int64_t, std::uint64_t>> BitsOf(const std::vector<Point>& points) {
  std::vector<std::pair<std::int64_t, std::uint64_t>> bits;
  for (const Point& point : points) {
    bits.emplace_back(point.time.time_since_epoch().count(),
                      std::bit_cast<std::uint64_t>(point.value));
  }
  return bits;
}

/// Writes as many points as fit into one chunk and cuts `points` to them; fills `marks`.
ChunkWriter Write(std::vector<Point>& points, std::vector<ChunkMark>* marks = nullptr) {
  ChunkWriter writer(points.front().time, points.front().value);
  for (std::size_t i = 1; i < points.size(); ++i) {
    if (writer.is_full(points[i].time)) {
      points.resize(i);
      break;
    }
    while (!writer.Append(points[i].time, points[i].value)) {
      Chunk grown = writer.Grown();
      writer.MoveTo(grown);
    }
    if (const auto mark = writer.TakeMark(); mark && marks != nullptr) {
      marks->push_back(*mark);
    }
  }
  return writer;
}

std::vector<Point> Read(const Chunk& chunk) {
  std::vector<Point> points;
  chunk.Read(Timestamp::min(), Timestamp::max(), points);
  return points;
}

struct Pattern {
  std::string name;
  std::vector<Point> points;
};

template <typename Value>
Pattern Make(std::string name, std::size_t count, Value value) {
  Pattern pattern{std::move(name), {}};
  for (std::size_t i = 0; i < count; ++i) {
    pattern.points.push_back({kStart + kInterval * i, static_cast<double>(value(i))});
  }
  return pattern;
}

std::vector<Pattern> Patterns() {
  std::mt19937_64 random(1);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  std::vector<Pattern> patterns{
      Make("one", 1, [](std::size_t) { return -0.0; }),
      Make("equal", 1000, [](std::size_t) { return 3; }),
      Make("counter", 300, [](std::size_t i) { return 17.0 * static_cast<double>(i); }),
      Make("runs", 500, [](std::size_t i) { return std::floor(static_cast<double>(i) / 9); }),
      Make("long runs", 1400,
           [](std::size_t i) { return std::floor(static_cast<double>(i) / 300); }),
      Make("random bits", 240, [&](std::size_t) { return std::bit_cast<double>(random()); }),
      Make("special", 7,
           [&](std::size_t i) {
             return std::array<double, 7>{
                 1.0, nan, kStaleMarker, HUGE_VAL, -HUGE_VAL, 0.0, 5e-324}[i];
           }),
  };
  Pattern odd{"odd intervals", {}};
  Timestamp time = kStart;
  for (int i = 0; i < 230; ++i) {
    odd.points.push_back({time, static_cast<double>(random() % 3)});
    time += Duration(1 + static_cast<Duration::rep>(random() % (i % 2 == 0 ? 50'000 : 20)));
  }
  patterns.push_back(std::move(odd));
  patterns.push_back(
      {"centuries", {{Timestamp(-hours(9'000'000)), 1}, {Timestamp(hours(9'000'000)), 2}}});
  return patterns;
}

TEST(Chunk, ReadsBackWhatWasWritten) {
  for (Pattern& pattern : Patterns()) {
    SCOPED_TRACE(pattern.name);
    const ChunkWriter writer = Write(pattern.points);
    EXPECT_EQ(BitsOf(Read(writer.chunk())), BitsOf(pattern.points));
    const Chunk finished = writer.Finish();
    EXPECT_EQ(BitsOf(Read(finished)), BitsOf(pattern.points));
    EXPECT_LE(finished.bytes(), writer.chunk().bytes());
    EXPECT_EQ(finished.sample_count(), pattern.points.size());
    EXPECT_EQ(finished.first_time(), pattern.points.front().time);
  }
}

TEST(Chunk, StoresEqualValuesInLessThanAThirdOfAByteEach) {
  std::vector<Point> points = Make("equal", 2000, [](std::size_t) { return 0.1; }).points;
  const Chunk chunk = Write(points).Finish();
  EXPECT_GE(points.size(), 1400U);
  EXPECT_LE(static_cast<double>(chunk.bytes()), 0.3 * static_cast<double>(points.size()));
}

TEST(Chunk, NeverGrowsWhileTheValueStaysTheSame) {
  ChunkWriter writer(kStart, 0.1);
  for (int i = 1; i < 1000; ++i) {
    ASSERT_TRUE(writer.Append(kStart + kInterval * i, 0.1)) << i;
  }
  EXPECT_EQ(writer.chunk().bytes(), writer.Finish().bytes());
}

TEST(Chunk, IsOpenAtTheLeftAndClosedAtTheRight) {
  std::vector<Point> points = Make("counter", 10, [](std::size_t i) { return i; }).points;
  std::vector<Point> read;
  Write(points).chunk().Read(points[2].time, points[4].time, read);
  EXPECT_EQ(BitsOf(read), BitsOf({points[3], points[4]}));
}

TEST(Chunk, ShowsReadersTheSamplesFromBeforeTheyBegan) {
  std::vector<Point> points = Make("counter", 3, [](std::size_t i) { return i; }).points;
  ChunkWriter writer = Write(points);
  Chunk before = writer.Grown();
  writer.MoveTo(before);
  ASSERT_TRUE(writer.Append(points.back().time + kInterval, 7));
  EXPECT_EQ(Read(before).size(), 3U);
  EXPECT_EQ(Read(writer.chunk()).size(), 4U);
}

TEST(Chunk, ReadsTheSameFromAMarkAsFromTheBeginning) {
  for (Pattern& pattern : Patterns()) {
    SCOPED_TRACE(pattern.name);
    std::vector<ChunkMark> marks;
    const ChunkWriter writer = Write(pattern.points, &marks);
    for (const ChunkMark& mark : marks) {
      std::vector<Point> read;
      writer.chunk().Read(mark.time, Timestamp::max(), read, &mark);
      std::vector<Point> expected;
      writer.chunk().Read(mark.time, Timestamp::max(), expected);
      EXPECT_EQ(BitsOf(read), BitsOf(expected));
    }
  }
}

TEST(Chunk, HasOneMarkForEachGroupOfChanges) {
  std::vector<Point> points = Make("counter", 300, [](std::size_t i) { return i; }).points;
  std::vector<ChunkMark> marks;
  Write(points, &marks);
  ASSERT_EQ(marks.size(), ChunkWriter::kMaxMarks);
  EXPECT_EQ(marks[0].time, points[ChunkWriter::kTokensPerMark].time);
  EXPECT_EQ(marks[1].samples, 2 * ChunkWriter::kTokensPerMark + 1);
}

using Words = std::vector<std::uint64_t>;

/// Decodes any words to their end. Returns the number of points.
std::size_t Decode(const Words& words) {
  ChunkDecoder decoder{std::span<const std::uint64_t>(words)};
  std::size_t count = 0;
  for (Point point; decoder.Next(point);) {
    ++count;
  }
  return count;
}

TEST(ChunkDecoder, RejectsDamagedWords) {
  EXPECT_EQ(Decode({}), 0U);
  EXPECT_EQ(Decode({chunk_layout::State(1, 1)}), 0U);
  EXPECT_EQ(Decode({chunk_layout::State(2, 0), 0, 0}), 0U) << "none encoded";
  EXPECT_EQ(Decode({chunk_layout::State(1, 2), 0, 0}), 0U) << "more encoded than there are";
  EXPECT_EQ(Decode({chunk_layout::State(0xffffffff, 1), 0, 0}), 0U) << "too many";
  EXPECT_EQ(Decode({chunk_layout::State(9, 9), 0, 0}), 1U) << "cut off";
  EXPECT_EQ(Decode({chunk_layout::State(9, 9), 0, 0, 0}), 1U) << "a place before there was one";
}

TEST(ChunkDecoder, TerminatesOnAnyWords) {
  std::mt19937_64 random(2);
  for (int round = 0; round < 20'000; ++round) {
    Words words(random() % 12);
    for (std::uint64_t& word : words) {
      word = random();
    }
    if (!words.empty()) {
      words[0] = chunk_layout::State(static_cast<std::uint32_t>(random() % 500),
                                     static_cast<std::uint32_t>(random() % 500));
    }
    EXPECT_LE(Decode(words), chunk_layout::kMaxSamples);
  }
}

}  // namespace
}  // namespace hakem::tsdb

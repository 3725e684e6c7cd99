#include "tsdb/store/store.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>
#include <memory>
#include <new>
#include <random>
#include <thread>

#include "tests/support/matchers.h"

namespace hakem::tsdb {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr Timestamp kStart{seconds(1'767'225'600)};

SeriesRef MakeSeries(std::string_view name, std::vector<Label> labels = {}) {
  labels.push_back({"__name__", std::string(name)});
  return std::make_shared<const Series>(Labels(labels));
}

std::vector<Matcher> Matching(std::initializer_list<std::array<std::string_view, 3>> conditions) {
  std::vector<Matcher> matchers;
  for (const auto& [name, op, value] : conditions) {
    for (const MatchOp candidate :
         {MatchOp::kEqual, MatchOp::kNotEqual, MatchOp::kRegex, MatchOp::kNotRegex}) {
      if (ToString(candidate) == op) {
        matchers.push_back(*Matcher::Make(name, candidate, value));
      }
    }
  }
  return matchers;
}

std::vector<std::string> Texts(const std::vector<SeriesRef>& series) {
  std::vector<std::string> texts;
  for (const SeriesRef& one : series) {
    texts.push_back(FormatSeries(one->labels));
  }
  return texts;
}

/// `name: time value, …`, times in seconds from the start.
std::vector<std::string> Shown(const std::vector<SelectedSeries>& selected) {
  std::vector<std::string> all;
  for (const SelectedSeries& one : selected) {
    std::string text = FormatSeries(one.series->labels) + ":";
    for (const Point& point : one.points) {
      text += fmt::format(" {} {}", (point.time - kStart).count() / 1000,
                          IsStaleMarker(point.value) ? "stale" : fmt::format("{}", point.value));
    }
    all.push_back(std::move(text));
  }
  return all;
}

class StoreTest : public testing::Test {
 protected:
  void Append(Duration after, const SeriesRef& series, double value) {
    const Sample sample{series, value};
    store_.Append(kStart + after, {&sample, 1});
  }

  std::vector<std::string> All() const {
    return Shown(store_.Select({}, Timestamp::min(), Timestamp::max()));
  }

  Store store_;
  const SeriesRef a_ = MakeSeries("a");
  const SeriesRef b_ = MakeSeries("b", {{"x", "1"}});
};

TEST_F(StoreTest, SelectsSeriesSortedByLabels) {
  Append(seconds(0), b_, 1);
  Append(seconds(5), b_, 2);
  Append(seconds(5), a_, 3);
  EXPECT_THAT(All(), ElementsAre("a: 5 3", "b{x=\"1\"}: 0 1 5 2"));
  EXPECT_THAT(Shown(store_.Select(Matching({{"__name__", "=", "b"}}), kStart, kStart + seconds(9))),
              ElementsAre("b{x=\"1\"}: 5 2"));
  EXPECT_THAT(store_.Select({}, kStart + seconds(5), Timestamp::max()), IsEmpty());
}

TEST_F(StoreTest, VisitsEachSeriesWithItsOwnPoints) {
  const SeriesRef a = MakeSeries("a");
  const SeriesRef b = MakeSeries("b");
  store_.Append(kStart, std::vector<Sample>{{a, 1}, {b, 2}});
  store_.Append(kStart + seconds(1), std::vector<Sample>{{b, 3}});
  std::vector<SelectedSeries> visited;
  store_.ForEach({}, kStart - seconds(1), kStart + seconds(1),
                 [&](const SeriesRef& series, std::vector<Point>& points) {
                   visited.push_back({series, points});
                   points.push_back({kStart, 9});  // Must not affect other visits.
                 });
  EXPECT_THAT(Shown(visited), ElementsAre("a: 0 1", "b: 0 2 1 3"));
}

TEST_F(StoreTest, UndoesABatchThatWasNotCommitted) {
  Append(seconds(0), a_, 1);
  {
    Store::AppendBatch batch(store_);
    batch.Append(*batch.FindOrAdd(a_), kStart + seconds(5), 2);
    batch.Append(*batch.FindOrAdd(b_), kStart + seconds(5), 3);
  }
  EXPECT_THAT(All(), ElementsAre("a: 0 1"));
  EXPECT_EQ(store_.Stats().samples_total, 1U);
  Append(seconds(10), b_, 4);
  EXPECT_THAT(All(), ElementsAre("a: 0 1", "b{x=\"1\"}: 10 4"));
  EXPECT_EQ(store_.Stats().series, 2U);
}

TEST_F(StoreTest, UndoesABatchThatIsNotLaterThanOthers) {
  Append(seconds(0), a_, 1);
  Append(seconds(5), b_, 2);
  {
    Store::AppendBatch batch(store_);
    batch.Append(*batch.FindOrAdd(a_), kStart + seconds(3), 3);
    batch.Append(*batch.FindOrAdd(a_), kStart + seconds(5), 4);
    batch.Append(*batch.FindOrAdd(b_), kStart + seconds(5), 5);
  }
  Append(seconds(5), a_, 6);
  EXPECT_THAT(All(), ElementsAre("a: 0 1 5 6", "b{x=\"1\"}: 5 2"));
}

TEST_F(StoreTest, AcceptsSamplesOfTheTimeOfABatchThatWasNotCommitted) {
  Append(seconds(0), a_, 1);
  const std::uint64_t bytes = store_.Stats().bytes;
  std::shared_ptr<StoredSeries> looked_up;
  try {
    Store::AppendBatch batch(store_);
    looked_up = batch.FindOrAdd(a_);
    batch.Append(*looked_up, kStart + seconds(5), 2);
    throw std::bad_alloc();
  } catch (const std::bad_alloc&) {
  }
  Append(seconds(5), a_, 9);
  EXPECT_THAT(All(), ElementsAre("a: 0 1 5 9"));
  EXPECT_TRUE(looked_up->is_dropped());
  EXPECT_EQ(store_.Stats().rewrites, 1U) << "the history on disk must be written again";
  EXPECT_EQ(store_.Stats().duplicates_total, 0U);
  EXPECT_LT(store_.Stats().bytes, 2 * bytes);
}

TEST_F(StoreTest, RefusesAndCountsSamplesThatAreNotNewer) {
  Append(seconds(5), a_, 1);
  Append(seconds(5), a_, 2);
  Append(seconds(4), a_, 3);
  Append(seconds(4), b_, 4);
  EXPECT_THAT(All(), ElementsAre("a: 5 1", "b{x=\"1\"}: 4 4"));
  const StoreStats stats = store_.Stats();
  EXPECT_EQ(stats.duplicates_total, 1U);
  EXPECT_EQ(stats.out_of_order_total, 1U);
  EXPECT_EQ(stats.samples_total, 2U);
  EXPECT_EQ(stats.series, 2U);
  EXPECT_EQ(stats.min_time, kStart + seconds(4));
  EXPECT_EQ(stats.max_time, kStart + seconds(5));
}

TEST_F(StoreTest, IsEmptyAtFirst) {
  EXPECT_THAT(All(), IsEmpty());
  EXPECT_THAT(store_.LabelNames({}, Timestamp::min(), Timestamp::max()), IsEmpty());
  EXPECT_EQ(store_.Stats().min_time, std::nullopt);
  EXPECT_EQ(store_.Stats().max_time, std::nullopt);
}

TEST_F(StoreTest, SelectsTheSameSeriesAsAFullScan) {
  std::mt19937 random(3);
  std::vector<SeriesRef> all;
  for (int i = 0; i < 300; ++i) {
    std::vector<Label> labels{{"i", fmt::format("{}", i)}};
    if (random() % 3 != 0) {
      labels.push_back({"job", fmt::format("job{}", random() % 4)});
    }
    if (random() % 2 != 0) {
      labels.push_back({"code", fmt::format("{}", 200 + random() % 5)});
    }
    all.push_back(MakeSeries(fmt::format("m{}", random() % 5), std::move(labels)));
    Append(seconds(i % 7), all.back(), i);
  }
  const std::vector<std::array<std::string_view, 3>> conditions{
      {"job", "=", "job1"},      {"job", "=", ""},           {"job", "!=", ""},
      {"job", "!=", "job1"},     {"job", "=~", "job1|job2"}, {"job", "=~", "job.+"},
      {"job", "=~", ".*"},       {"job", "!~", "job[12]"},   {"job", "=~", "|job3"},
      {"code", "=~", "20[0-2]"}, {"code", "!~", ".+"},       {"none", "=", ""},
      {"none", "=", "x"},        {"none", "!~", "x"},        {"__name__", "=~", "m(1|2|9)"},
      {"i", "=~", "1.*"},        {"i", "!=", "17"}};
  for (const auto& one : conditions) {
    for (const auto& other : conditions) {
      const auto matchers = Matching({one, other});
      std::vector<SeriesRef> expected;
      std::copy_if(all.begin(), all.end(), std::back_inserter(expected), [&](const SeriesRef& s) {
        return matchers[0].Matches(s->labels) && matchers[1].Matches(s->labels);
      });
      std::sort(expected.begin(), expected.end(),
                [](const SeriesRef& a, const SeriesRef& b) { return a->labels < b->labels; });
      EXPECT_EQ(Texts(store_.SelectSeries(matchers, Timestamp::min(), Timestamp::max())),
                Texts(expected))
          << one[0] << one[1] << one[2] << ", " << other[0] << other[1] << other[2];
    }
  }
}

TEST_F(StoreTest, ListsSeriesAndLabelsOfATimeRange) {
  Append(seconds(0), a_, 1);
  Append(seconds(100), b_, 1);
  Append(seconds(110), b_, 1);
  const auto b_matcher = Matching({{"x", "=~", ".+"}});
  EXPECT_THAT(Texts(store_.SelectSeries({}, kStart, kStart + seconds(99))), ElementsAre("a"));
  EXPECT_THAT(Texts(store_.SelectSeries({}, kStart + seconds(1), Timestamp::max())),
              ElementsAre("b{x=\"1\"}"));
  EXPECT_THAT(store_.SelectSeries(b_matcher, kStart, kStart + seconds(99)), IsEmpty());
  EXPECT_THAT(store_.LabelNames({}, kStart, Timestamp::max()), ElementsAre("__name__", "x"));
  EXPECT_THAT(store_.LabelNames({}, kStart, kStart), ElementsAre("__name__"));
  EXPECT_THAT(store_.LabelValues("__name__", {}, kStart, Timestamp::max()), ElementsAre("a", "b"));
  EXPECT_THAT(store_.LabelValues("__name__", b_matcher, kStart, Timestamp::max()),
              ElementsAre("b"));
}

TEST_F(StoreTest, KeepsManyChunksOfASeriesInOrder) {
  constexpr int kCount = 5000;
  for (int i = 0; i < kCount; ++i) {
    Append(seconds(5 * i), a_, i % 100 == 0 ? kStaleMarker : std::sqrt(i));
  }
  const auto selected = store_.Select({}, kStart + seconds(4), kStart + seconds(5 * (kCount - 2)));
  ASSERT_EQ(selected.size(), 1U);
  ASSERT_EQ(selected[0].points.size(), kCount - 2U);
  for (std::size_t i = 0; i < selected[0].points.size(); ++i) {
    ASSERT_EQ(selected[0].points[i].time, kStart + seconds(5 * (i + 1)));
    ASSERT_EQ(IsStaleMarker(selected[0].points[i].value), (i + 1) % 100 == 0);
  }
}

TEST_F(StoreTest, SelectsTheLastSelectedPointAsTheNewest) {
  constexpr int kCount = 1000;
  for (int i = 0; i < kCount; ++i) {
    Append(seconds(5 * i), a_, i % 100 == 99 ? kStaleMarker : std::sqrt(i));
    if (i < kCount / 2) {
      Append(seconds(5 * i), b_, i);
    }
  }
  for (int until = -3; until < 5 * kCount + 10; until += 7) {
    const Timestamp time = kStart + seconds(until);
    const auto points = store_.Select({}, time - seconds(20), time);
    const auto newest = store_.SelectNewest({}, time - seconds(20), time);
    ASSERT_EQ(newest.size(), points.size());
    for (std::size_t i = 0; i < newest.size(); ++i) {
      ASSERT_EQ(newest[i].series, points[i].series);
      ASSERT_EQ(newest[i].point.time, points[i].points.back().time);
      ASSERT_EQ(std::bit_cast<std::uint64_t>(newest[i].point.value),
                std::bit_cast<std::uint64_t>(points[i].points.back().value));
    }
  }
}

/// The windows begin at all marks.
TEST_F(StoreTest, SelectsTheSameFromAnyTimeRange) {
  constexpr int kCount = 400;
  for (int i = 0; i < kCount; ++i) {
    Append(seconds(5 * i), a_, i % 10 < 3 ? 7 : std::sqrt(i));
  }
  for (int from = 0; from < kCount; from += 3) {
    const auto selected =
        store_.Select({}, kStart + seconds(5 * from) - Duration(1), Timestamp::max());
    ASSERT_EQ(selected[0].points.size(), static_cast<std::size_t>(kCount - from));
    ASSERT_EQ(selected[0].points.front().time, kStart + seconds(5 * from));
    ASSERT_EQ(selected[0].points.front().value, from % 10 < 3 ? 7 : std::sqrt(from));
  }
}

TEST(StoreRetention, DropsSamplesOlderThanTheRetention) {
  Store store({.retention = hours(1)});
  const Sample ended{MakeSeries("ended"), 1};
  store.Append(kStart, {&ended, 1});
  const SeriesRef a = MakeSeries("a");
  for (int i = 0; i < 3 * 720; ++i) {
    const Sample sample{a, static_cast<double>(i)};
    store.Append(kStart + seconds(5 * i), {&sample, 1});
  }
  const auto selected = store.Select({}, Timestamp::min(), Timestamp::max());
  ASSERT_EQ(selected.size(), 1U) << "the other series has ended longer ago";
  EXPECT_GE(selected[0].points.size(), 720U);
  EXPECT_LE(selected[0].points.size(), 720U + 240 + 12) << "a chunk and a minute more at most";
  EXPECT_EQ(store.Stats().series, 1U);
  EXPECT_EQ(store.Stats().min_time, selected[0].points.front().time);
  const Sample again{ended.series, 2};
  store.Append(kStart + hours(3), {&again, 1});
  EXPECT_EQ(store.Stats().series, 2U) << "a series may come back";
}

TEST(StoreRetention, DropsTheOldestSamplesBeyondTheSizeLimit) {
  constexpr std::uint64_t kLimit = 200'000;
  Store store({.retention = hours(1000), .max_bytes = kLimit});
  std::mt19937_64 random(4);
  std::vector<Sample> samples;
  for (int i = 0; i < 10; ++i) {
    samples.push_back({MakeSeries("a", {{"i", fmt::format("{}", i)}}), 0});
  }
  for (int round = 0; round < 10'000; ++round) {
    for (Sample& sample : samples) {
      sample.value = static_cast<double>(random());
    }
    store.Append(kStart + seconds(5 * round), samples);
    ASSERT_LE(store.Stats().bytes, kLimit + 20'000) << "what one round may add";
  }
  EXPECT_GE(store.Stats().bytes, kLimit / 2);
  for (const SelectedSeries& series : store.Select({}, Timestamp::min(), Timestamp::max())) {
    EXPECT_EQ(series.points.back().time, kStart + seconds(5 * 9999));
    EXPECT_GT(series.points.size(), 500U);
  }
}

/// Threads select while batches are appended, series come and go, and chunks are dropped.
TEST(StoreThreads, SeeEachBatchAsAWholeOrNotAtAll) {
  constexpr int kRounds = 3000;
  constexpr int kSeries = 20;
  Store store({.retention = std::chrono::minutes(30)});
  std::vector<SeriesRef> series;
  for (int i = 0; i < kSeries; ++i) {
    series.push_back(MakeSeries("a", {{"i", fmt::format("{}", i)}}));
  }
  std::atomic<bool> done = false;
  std::atomic<int> selects = 0;
  std::vector<std::jthread> readers;
  for (int reader = 0; reader < 2; ++reader) {
    readers.emplace_back([&] {
      const auto matchers = Matching({{"__name__", "=", "a"}, {"i", "=~", "1?[0-9]"}});
      while (!done) {
        const auto selected = store.Select(matchers, Timestamp::min(), Timestamp::max());
        for (const SelectedSeries& one : selected) {
          // All are of one batch: the last points have the same time and value.
          ASSERT_EQ(one.points.back().time, selected.front().points.back().time);
          ASSERT_EQ(one.points.back().value, selected.front().points.back().value);
        }
        const auto newest = store.SelectNewest(matchers, Timestamp::min(), Timestamp::max());
        for (const NewestPoint& one : newest) {
          ASSERT_EQ(one.point.time, newest.front().point.time);
          ASSERT_EQ(one.point.value, newest.front().point.value);
        }
        store.LabelValues("i", matchers, Timestamp::min(), Timestamp::max());
        static_cast<void>(store.Stats());
        ++selects;
      }
    });
  }
  for (int round = 0; round < kRounds || selects < 4; ++round) {
    std::vector<Sample> samples;
    for (const SeriesRef& one : series) {
      samples.push_back({one, std::floor(round / 3.0)});
    }
    samples.push_back({MakeSeries("passing", {{"round", fmt::format("{}", round)}}), 1});
    store.Append(kStart + seconds(5 * round), samples);
  }
  done = true;
  readers.clear();
  EXPECT_LT(store.Stats().series, kSeries + 400U);
}

/// Appends a sample every 5 s from the start on.
void AppendEvery5s(Store& store, const SeriesRef& series, int from, int to, Duration ahead = {}) {
  for (int i = from; i < to; ++i) {
    const Sample sample{series, static_cast<double>(i)};
    store.Append(kStart + seconds(5 * i) + ahead, {&sample, 1});
  }
}

std::vector<Point> PointsOf(const Store& store) {
  const auto selected = store.Select({}, Timestamp::min(), Timestamp::max());
  return selected.empty() ? std::vector<Point>() : selected.front().points;
}

TEST(StoreMoveBack, MovesSamplesOfAClockThatWasAheadToTheirRightTimes) {
  Store store;
  const SeriesRef series = MakeSeries("games");
  AppendEvery5s(store, series, 0, 1000);
  AppendEvery5s(store, series, 1000, 1010, hours(1));
  const Timestamp now = kStart + seconds(5 * 1010);
  const Timestamp set_at = kStart + seconds(5 * 999);
  EXPECT_EQ(store.MoveBack({.after = set_at, .by = hours(1), .until = now}), 10U);
  AppendEvery5s(store, series, 1010, 1020);
  const std::vector<Point> points = PointsOf(store);
  ASSERT_EQ(points.size(), 1020U);
  for (std::size_t i = 0; i < points.size(); ++i) {
    EXPECT_EQ(points[i].time, kStart + seconds(5) * static_cast<int>(i));
    EXPECT_EQ(points[i].value, static_cast<double>(i));
  }
  EXPECT_EQ(store.Stats().out_of_order_total, 0U);
  EXPECT_EQ(store.Stats().max_time, kStart + seconds(5 * 1019));
}

TEST(StoreMoveBack, KeepsRatesCorrectWhenTheClockWasAlwaysAhead) {
  Store store;
  const SeriesRef series = MakeSeries("moves_total");
  AppendEvery5s(store, series, 0, 2000);
  const Timestamp now = kStart + seconds(5 * 2000) - hours(1);
  store.MoveBack({.after = kStart + seconds(5 * 1999) - hours(1), .by = hours(1), .until = now});
  AppendEvery5s(store, series, 2000, 2001, -hours(1));
  const std::vector<Point> points = PointsOf(store);
  ASSERT_EQ(points.size(), 2001U - 720U) << "an hour of the past had to make room";
  for (std::size_t i = points.size() - 720; i < points.size(); ++i) {
    EXPECT_EQ(points[i].time - points[i - 1].time, seconds(5));
  }
  EXPECT_EQ(points.back().value - points[points.size() - 61].value, 60);
}

TEST(StoreMoveBack, LeavesNoSampleLaterThanTheClock) {
  Store store;
  AppendEvery5s(store, MakeSeries("a"), 0, 100);
  AppendEvery5s(store, MakeSeries("b"), 0, 10);
  const Timestamp now = kStart + seconds(20);
  store.MoveBack({.after = kStart + seconds(400), .by = seconds(1), .until = now});
  for (const SelectedSeries& one : store.Select({}, Timestamp::min(), Timestamp::max())) {
    EXPECT_LE(one.points.back().time, now) << FormatSeries(one.series->labels);
  }
  EXPECT_EQ(store.Stats().max_time, now);
}

TEST(StoreMoveBack, DropsSamplesOfABatchThatDidNotCommit) {
  Store store;
  const SeriesRef series = MakeSeries("a");
  AppendEvery5s(store, series, 0, 10, hours(1));
  {
    Store::AppendBatch batch(store);
    batch.Append(*batch.FindOrAdd(series), kStart + hours(1) + seconds(50), 99);
  }
  store.MoveBack({.after = kStart, .by = hours(1), .until = kStart + seconds(60)});
  AppendEvery5s(store, series, 11, 12);
  const std::vector<Point> points = PointsOf(store);
  ASSERT_EQ(points.size(), 11U);
  EXPECT_EQ(points[9].value, 9);
  EXPECT_EQ(points[10].value, 11);
}

TEST(StoreMoveBack, ReportsItsMemoryAfterwards) {
  Store store;
  AppendEvery5s(store, MakeSeries("a"), 0, 1000);
  const std::uint64_t before = store.Stats().bytes;
  store.MoveBack({.after = kStart + seconds(4000), .by = hours(2), .until = kStart});
  EXPECT_LT(store.Stats().bytes, before);
  EXPECT_GT(store.Stats().bytes, 0U);
  store.MoveBack({.after = kStart - hours(9), .by = hours(9), .until = kStart - hours(10)});
  EXPECT_EQ(store.Stats().series, 0U);
  EXPECT_EQ(store.Stats().bytes, 0U);
}

TEST(StoreRetention, IsPostponedWhenTheClockMayBeWrong) {
  Store store({.retention = hours(24)});
  const SeriesRef series = MakeSeries("games");
  AppendEvery5s(store, series, 0, 1000);
  store.PostponeRetention(kStart + hours(24 * 400) + seconds(6000));
  AppendEvery5s(store, series, 1000, 1010, hours(24 * 400));
  EXPECT_EQ(PointsOf(store).size(), 1010U);
  AppendEvery5s(store, series, 1200, 1201, hours(24 * 400));
  EXPECT_GE(PointsOf(store).front().value, 500) << "it has not been set back: it was right";
}

}  // namespace
}  // namespace hakem::tsdb

#include "exporter/scrape/scrape_loop.h"

#include <atomic>
#include <condition_variable>

#include "tests/support/collection/fake_server.h"
#include "tests/support/collection/snapshot_values.h"
#include "tests/support/collection/test_collectors.h"
#include "tests/support/fake_clock.h"
#include "tests/support/matchers.h"

namespace hakem::exporter {
namespace {

using std::chrono::seconds;
using testing::Optional;

const ConnectFailure kRefusedByPort{DownReason::kConnect,
                                    {ErrorCode::kUnavailable, "Connection refused"}};

constexpr const collectors::CollectorSpec* kCollectors[] = {&kFirstCollector, &kSecondCollector,
                                                            &kThirdCollector, &kSlowCollector};

class ScrapeLoopTest : public testing::Test {
 protected:
  ScrapeLoopTest() {
    server_.Answer("first", OneValue("1"));
    server_.Answer("second", OneValue("2"));
    server_.Answer("slow", OneValue("3"));
  }

  ~ScrapeLoopTest() override { loop_.Stop(); }

  void Take(std::shared_ptr<const Snapshot> snapshot) {
    const MutexLock lock(mutex_);
    snapshots_.push_back(std::move(snapshot));
    published_.notify_all();
  }

  /// The next snapshot that is published.
  std::shared_ptr<const Snapshot> Next() {
    MutexLock lock(mutex_);
    published_.wait(lock, [&]() REQUIRES(mutex_) { return snapshots_.size() > taken_; });
    return snapshots_[taken_++];
  }

  /// How many snapshots were published.
  std::size_t PublishedCount() {
    const MutexLock lock(mutex_);
    return snapshots_.size();
  }

  std::shared_ptr<const Snapshot> NextTick() {
    clock_.Advance(seconds(5));
    return Next();
  }

  FakeServer server_;
  FakeClock clock_;
  Log log_ = Log::Silent();
  Mutex mutex_;
  std::condition_variable_any published_;
  std::vector<std::shared_ptr<const Snapshot>> snapshots_ GUARDED_BY(mutex_);
  std::size_t taken_ = 0;
  ScrapeLoop loop_{
      {.server = "hokm", .collectors = kCollectors},
      {.sessions = server_,
       .clock = clock_,
       .log = log_,
       .own_families =
           [] {
             return std::vector<MetricFamily>{{"zz_own", {}, "Own.", {}}};
           },
       .on_snapshot = [this](auto snapshot, const auto&) { Take(std::move(snapshot)); }}};
};

TEST_F(ScrapeLoopTest, PublishesAtEachFastTickUnderItsOwnTime) {
  loop_.Start();
  const auto first = Next();
  const auto second = NextTick();
  EXPECT_EQ(second->time - first->time, seconds(5));
  EXPECT_THAT(ValueOf(*first, "first_value{server=\"hokm\"}"), Optional(1.0));
  EXPECT_THAT(ValueOf(*first, "pg_up{server=\"hokm\"}"), Optional(1.0));
  EXPECT_EQ(first->families.back().name, "zz_own");
  EXPECT_TRUE(std::is_sorted(
      first->families.begin(), first->families.end(),
      [](const MetricFamily& left, const MetricFamily& right) { return left.name < right.name; }));
  EXPECT_EQ(PublishedCount(), 2U);
}

TEST_F(ScrapeLoopTest, RunsTheSlowLaneOnASecondConnection) {
  loop_.Start();
  auto snapshot = Next();
  while (!ValueOf(*snapshot, "slow_value{server=\"hokm\"}")) {
    snapshot = NextTick();
  }
  EXPECT_EQ(server_.connects(), 2);
  EXPECT_EQ(server_.most_open(), 2);
}

TEST_F(ScrapeLoopTest, ContinuesToPublishWhileTheServerHangs) {
  loop_.Start();
  Next();
  server_.HangOn("first");
  clock_.Advance(seconds(5));
  server_.WaitUntilItHangs();
  clock_.Advance(seconds(3));  // The fast lane's deadline.
  EXPECT_THAT(ValueOf(*Next(), "first_value{server=\"hokm\"}"), Optional(1.0)) << "held";
  clock_.Advance(seconds(2));  // The next tick.
  std::shared_ptr<const Snapshot> last = Next();
  for (int i = 0; i < 3; ++i) {
    last = NextTick();
  }
  EXPECT_EQ(ValueOf(*last, "first_value{server=\"hokm\"}"), std::nullopt);
  EXPECT_THAT(ValueOf(*last, "pg_up{server=\"hokm\"}"), Optional(0.0));
  EXPECT_THAT(ValueOf(*last, "hakem_target_down{reason=\"timeout\",server=\"hokm\"}"),
              Optional(1.0));
  EXPECT_LE(server_.most_open(), 2);
}

TEST_F(ScrapeLoopTest, CollectsAtOnceOnRequest) {
  loop_.Start();
  const auto first = Next();
  server_.Answer("first", OneValue("7"));
  clock_.Advance(kShortestRest);
  loop_.CollectNow(SteadyTime::max());
  ASSERT_EQ(PublishedCount(), 2U) << "it is published when the call returns";
  const auto fresh = Next();
  EXPECT_EQ(fresh->time - first->time, kShortestRest);
  EXPECT_THAT(ValueOf(*fresh, "first_value{server=\"hokm\"}"), Optional(7.0));
  clock_.Advance(seconds(4));
  EXPECT_EQ(Next()->time - first->time, seconds(5)) << "the others stay on their grid";
}

TEST_F(ScrapeLoopTest, KeepsAShortestRestBetweenRequestedTicks) {
  loop_.Start();
  const auto first = Next();
  std::jthread asking([&] { loop_.CollectNow(SteadyTime::max()); });
  clock_.AwaitSleepers(2);
  clock_.Advance(kShortestRest);
  asking.join();
  EXPECT_EQ(Next()->time - first->time, kShortestRest);
}

TEST_F(ScrapeLoopTest, ReleasesWaitingCallsBeforeTheirTickIsPublished) {
  loop_.Start();
  Next();
  server_.HangOn("first");
  clock_.Advance(kShortestRest);
  std::atomic<bool> returned = false;
  std::jthread asking([&] {
    loop_.CollectNow(SteadyTime::max());
    returned = true;
  });
  server_.WaitUntilItHangs();
  EXPECT_FALSE(returned) << "the tick that it waits for hangs";
  loop_.ReleaseWaiting();
  asking.join();
  EXPECT_TRUE(returned);
  EXPECT_EQ(PublishedCount(), 1U) << "it did not wait for the tick";
  const SteadyTime before = clock_.SteadyNow();
  loop_.CollectNow(SteadyTime::max());
  EXPECT_EQ(clock_.SteadyNow(), before) << "a later call does not wait either";
  EXPECT_EQ(PublishedCount(), 1U);
}

TEST_F(ScrapeLoopTest, WaitsForAFreshCollectionNoLongerThanUntilTheDeadline) {
  loop_.Start();
  Next();
  server_.HangOn("first");
  clock_.Advance(kShortestRest);
  const SteadyTime deadline = clock_.SteadyNow() + std::chrono::milliseconds(500);
  std::atomic<bool> returned = false;
  std::jthread asking([&] {
    loop_.CollectNow(deadline);
    returned = true;
  });
  server_.WaitUntilItHangs();
  EXPECT_FALSE(returned) << "the deadline has not come";
  clock_.Advance(std::chrono::milliseconds(500));
  asking.join();
  EXPECT_EQ(clock_.SteadyNow(), deadline);
  EXPECT_EQ(PublishedCount(), 1U) << "the collection that it waited for still hangs";
  loop_.CollectNow(clock_.SteadyNow());
  EXPECT_EQ(PublishedCount(), 1U) << "a deadline that has passed is not waited for";
}

TEST_F(ScrapeLoopTest, StopsAtOnceWhileTheServerHangs) {
  server_.HangOn("first");
  loop_.Start();
  server_.WaitUntilItHangs();
  loop_.Stop();
  EXPECT_EQ(PublishedCount(), 0U);
}

TEST_F(ScrapeLoopTest, ReportsThatTheServerIsDownAndReconnects) {
  loop_.Start();
  Next();
  server_.GoDown(kRefusedByPort);
  std::shared_ptr<const Snapshot> down;
  for (int i = 0; i < 3; ++i) {
    down = NextTick();
  }
  EXPECT_THAT(ValueOf(*down, "pg_up{server=\"hokm\"}"), Optional(0.0));
  EXPECT_THAT(ValueOf(*down, "hakem_target_down{reason=\"connect\",server=\"hokm\"}"),
              Optional(1.0));
  EXPECT_EQ(ValueOf(*down, "first_value{server=\"hokm\"}"), std::nullopt);
  server_.ComeBack();
  const auto up = NextTick();
  EXPECT_THAT(ValueOf(*up, "pg_up{server=\"hokm\"}"), Optional(1.0));
  EXPECT_THAT(ValueOf(*up, "first_value{server=\"hokm\"}"), Optional(1.0));
}

TEST_F(ScrapeLoopTest, ReturnsTheStatusOfTheTarget) {
  loop_.Start();
  Next();
  const TargetStatus status = loop_.Status();
  EXPECT_TRUE(status.up);
  EXPECT_EQ(status.facts->database, "hokm");
  ASSERT_EQ(status.collectors.size(), 3U) << "third is not enabled by default";
  EXPECT_EQ(status.collectors[0].spec, &kFirstCollector);
  EXPECT_TRUE(status.collectors[0].success);
}

class CollectOnceTest : public testing::Test {
 protected:
  Result<Snapshot> Collect() {
    return CollectOnce({.enabled = {{"third", true}, {"second", false}}, .collectors = kCollectors},
                       {.sessions = server_, .clock = clock_, .log = log_});
  }

  FakeServer server_;
  FakeClock clock_;
  Log log_ = Log::Silent();
};

TEST_F(CollectOnceTest, RunsBothLanesOnce) {
  server_.Answer("first", OneValue("1"));
  server_.Answer("slow", OneValue("3"));
  const auto snapshot = Collect();
  ASSERT_THAT(snapshot, IsOk());
  EXPECT_THAT(ValueOf(*snapshot, "first_value"), Optional(1.0));
  EXPECT_THAT(ValueOf(*snapshot, "slow_value"), Optional(3.0));
  EXPECT_THAT(ValueOf(*snapshot, "pg_up"), Optional(1.0));
  EXPECT_EQ(ValueOf(*snapshot, "second_value"), std::nullopt);
  EXPECT_THAT(ValueOf(*snapshot,
                      "hakem_collector_suspended{collector=\"third\","
                      "reason=\"needs the extension pg_buffercache\"}"),
              Optional(1.0));
  EXPECT_EQ(server_.open(), 0);
}

TEST_F(CollectOnceTest, FailsWhenTheServerIsNotReached) {
  server_.GoDown(kRefusedByPort);
  const auto snapshot = Collect();
  EXPECT_THAT(snapshot, HasCode(ErrorCode::kUnavailable));
  EXPECT_THAT(snapshot, HasMessage("Connection refused"));
}

}  // namespace
}  // namespace hakem::exporter

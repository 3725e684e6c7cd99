#include "web/gateway/worker_pool.h"

#include <gmock/gmock.h>
#include <sys/socket.h>

#include <array>
#include <string>
#include <utility>
#include <vector>

namespace hakem::web {
namespace {

using Kind = WorkerPool::Message::Kind;

/// A pool whose workers are the other ends of socket pairs, which the test reads and writes.
class WorkerPoolTest : public testing::Test {
 protected:
  static constexpr std::size_t kWorkers = 4;

  WorkerPoolTest() : pool_(exchange_, Connect(), Log::Silent().For("web"), kNow) {}

  std::vector<Descriptor> Connect() {
    std::vector<Descriptor> sockets;
    for (std::size_t i = 0; i < kWorkers; ++i) {
      std::array<int, 2> ends{};
      EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()), 0);
      sockets.emplace_back(ends[0]);
      workers_.emplace_back(ends[1]);
    }
    return sockets;
  }

  /// What a worker has received since the last call.
  std::string Received(std::size_t worker) {
    std::array<char, 512> bytes{};
    const ssize_t got = recv(workers_[worker].get(), bytes.data(), bytes.size(), 0);
    return {bytes.data(), got > 0 ? static_cast<std::size_t>(got) : 0};
  }

  /// Lets a worker answer its slot with `body`.
  void Answer(std::size_t worker, std::string_view body) {
    const std::string wake_request = exchange_.WakeRequest(worker);
    const std::size_t path = wake_request.find('/');
    ASSERT_TRUE(exchange_.Answer(
        std::string_view(wake_request).substr(path, wake_request.find(' ', path) - path),
        [body](const Request&) { return TextResponse(200, body); }));
    send(workers_[worker].get(), Exchange::kSignal.data(), Exchange::kSignal.size(), 0);
  }

  static constexpr SteadyTime kNow{std::chrono::hours(1)};
  Exchange exchange_{kWorkers};
  std::vector<Descriptor> workers_;
  WorkerPool pool_;
};

TEST_F(WorkerPoolTest, ReturnsTheAnswerOfAWorkerAndFreesIt) {
  const auto worker = pool_.Start(7, {.path = "/x"}, false, kNow);
  ASSERT_TRUE(worker);
  EXPECT_TRUE(pool_.serves_clients());
  EXPECT_EQ(Received(*worker), exchange_.WakeRequest(*worker));
  EXPECT_EQ(pool_.Receive(*worker).kind, Kind::kNothing);
  Answer(*worker, "done");
  const WorkerPool::Message message = pool_.Receive(*worker);
  EXPECT_EQ(message.kind, Kind::kAnswered);
  EXPECT_EQ(message.client, 7U);
  ASSERT_TRUE(message.response);
  EXPECT_EQ(*message.response->body, "done\n");
  EXPECT_FALSE(pool_.serves_clients());
}

TEST_F(WorkerPoolTest, KeepsAQuarterOfTheWorkersFreeOfQueries) {
  for (WorkerPool::ClientId client = 1; client <= 3; ++client) {
    EXPECT_TRUE(pool_.has_free_for_query());
    EXPECT_TRUE(pool_.Start(client, {}, true, kNow));
  }
  EXPECT_FALSE(pool_.has_free_for_query());
  EXPECT_TRUE(pool_.has_free());
  EXPECT_TRUE(pool_.Start(4, {}, false, kNow));
  EXPECT_FALSE(pool_.has_free());
}

TEST_F(WorkerPoolTest, DropsTheAnswerForAClientThatHasLeft) {
  const auto worker = pool_.Start(7, {}, true, kNow);
  ASSERT_TRUE(worker);
  pool_.Abandon(*worker);
  EXPECT_TRUE(exchange_.slot(*worker).client_hung_up);
  Answer(*worker, "too late");
  const WorkerPool::Message message = pool_.Receive(*worker);
  EXPECT_EQ(message.kind, Kind::kAnswered);
  EXPECT_EQ(message.client, 0U);
  EXPECT_TRUE(pool_.has_free_for_query());
}

TEST_F(WorkerPoolTest, GoesOnWithoutALostWorker) {
  const auto worker = pool_.Start(7, {}, false, kNow);
  ASSERT_TRUE(worker);
  workers_[*worker] = Descriptor();
  const WorkerPool::Message message = pool_.Receive(*worker);
  EXPECT_EQ(message.kind, Kind::kLost);
  EXPECT_EQ(message.client, 7U);
  EXPECT_FALSE(message.response);
  for (WorkerPool::ClientId client = 8; client <= 10; ++client) {
    EXPECT_NE(pool_.Start(client, {}, false, kNow), worker);
  }
  EXPECT_FALSE(pool_.has_free());
}

TEST_F(WorkerPoolTest, WakesIdleWorkersAfterTwelveHours) {
  pool_.KeepAlive(kNow + std::chrono::hours(11));
  EXPECT_EQ(Received(0), "");
  pool_.KeepAlive(kNow + std::chrono::hours(12));
  EXPECT_EQ(Received(0), exchange_.WakeRequest(0));
  EXPECT_FALSE(pool_.has_free()) << "until they have answered";
  Answer(0, "no request, so nobody gets this");
  EXPECT_EQ(pool_.Receive(0).client, 0U);
  EXPECT_TRUE(pool_.has_free());
}

}  // namespace
}  // namespace hakem::web

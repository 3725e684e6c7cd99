#include "web/gateway/connection_table.h"

#include <gmock/gmock.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/support/recorded_instruments.h"

namespace hakem::web {
namespace {

/// Connections over socket pairs, whose other ends are the clients.
class ConnectionTableTest : public testing::Test {
 protected:
  using Id = ConnectionTable::Id;

  /// Adds a connection that waits for its client.
  ConnectionTable::Entry& Add(ConnectionTable& table, Id id) {
    std::array<int, 2> ends{};
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()), 0);
    clients_.emplace_back(ends[1]);
    Descriptor socket(ends[0]);
    const int fd = socket.get();
    ConnectionTable::Entry& entry = table.Add(std::make_unique<Connection>(
        id, std::move(socket), MakePlainChannel(fd), Client{}, RequestLimits(), timeouts_, now_));
    Serve(table, entry);
    return entry;
  }

  Connection::Need Serve(ConnectionTable& table, ConnectionTable::Entry& entry) {
    const Connection::Need need = entry.connection->Advance(now_, scratch_);
    table.Update(entry);
    return need;
  }

  /// Sends from the client that was added last.
  void Send(std::string_view text) {
    EXPECT_EQ(send(clients_.back().get(), text.data(), text.size(), 0),
              static_cast<ssize_t>(text.size()));
  }

  double Refused(std::string_view reason) const {
    return instruments_.Value("hakem_http_refused_total", {reason});
  }

  RecordedInstruments instruments_;
  const RefusalCounter refusals_{&instruments_};
  const Descriptor epoll_{epoll_create1(EPOLL_CLOEXEC)};
  const ClientTimeouts timeouts_{};
  SteadyTime now_{std::chrono::hours(1)};
  std::vector<char> scratch_ = std::vector<char>(std::size_t{64} << 10);
  std::vector<Descriptor> clients_;
};

TEST_F(ConnectionTableTest, ClosesTheOldestWaitingConnectionForANewOne) {
  ConnectionTable table(epoll_, 2, std::size_t{1} << 20, refusals_);
  Add(table, 1);
  Add(table, 2);
  EXPECT_TRUE(table.MakeRoom());
  EXPECT_EQ(table.Find(1), nullptr);
  EXPECT_NE(table.Find(2), nullptr);
  EXPECT_EQ(Refused("connections"), 1);
}

TEST_F(ConnectionTableTest, HasNoRoomWhenAllConnectionsAreBusy) {
  ConnectionTable table(epoll_, 1, std::size_t{1} << 20, refusals_);
  ConnectionTable::Entry& busy = Add(table, 1);
  Send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(Serve(table, busy), Connection::Need::kVerdict);
  EXPECT_FALSE(table.MakeRoom());
  EXPECT_FALSE(table.CloseOldestWaiting(RefusalReason::kConnections));
  EXPECT_EQ(Refused("connections"), 0);
  EXPECT_NE(table.Find(1), nullptr);
}

TEST_F(ConnectionTableTest, ClosesTheLargestIncompleteRequestsWhenMemoryIsShort) {
  ConnectionTable table(epoll_, 10, std::size_t{64} << 10, refusals_);
  Add(table, 1);
  ConnectionTable::Entry& large = Add(table, 2);
  Send("GET /" + std::string(std::size_t{40} << 10, 'x'));
  Serve(table, large);
  ConnectionTable::Entry& last = Add(table, 3);
  Send("GET /" + std::string(std::size_t{40} << 10, 'x'));
  Serve(table, last);
  EXPECT_NE(table.Find(1), nullptr);
  EXPECT_EQ(table.Find(2), nullptr);
  EXPECT_NE(table.Find(3), nullptr) << "the one that was updated is spared";
  EXPECT_FALSE(table.budget().is_short());
  EXPECT_EQ(Refused("memory"), 1);
}

TEST_F(ConnectionTableTest, ReleasesTheMemoryOfClosedConnections) {
  ConnectionTable table(epoll_, 10, std::size_t{1} << 20, refusals_);
  Add(table, 1);
  EXPECT_GT(table.budget().used(), 0U);
  table.Close(*table.Any());
  EXPECT_EQ(table.budget().used(), 0U);
  EXPECT_EQ(table.Any(), nullptr);
}

TEST_F(ConnectionTableTest, ListsOverdueConnections) {
  ConnectionTable table(epoll_, 10, std::size_t{1} << 20, refusals_);
  Add(table, 1);
  now_ += timeouts_.first_byte / 2;
  Add(table, 2);
  EXPECT_THAT(table.Overdue(now_), testing::IsEmpty());
  EXPECT_THAT(table.Overdue(now_ + timeouts_.first_byte / 2), testing::ElementsAre(1U));
}

}  // namespace
}  // namespace hakem::web

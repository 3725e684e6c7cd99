#include "tests/support/collection/fake_server.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

namespace hakem::exporter {

using collectors::Rows;
using collectors::ServerFacts;

class FakeServer::FakeConnection final : public collectors::Session {
 public:
  FakeConnection(FakeServer& server, ServerFacts facts, int generation, std::stop_token stop)
      : server_(server),
        facts_(std::move(facts)),
        generation_(generation),
        stop_(std::move(stop)) {}

  FakeConnection(const FakeConnection&) = delete;
  FakeConnection& operator=(const FakeConnection&) = delete;

  ~FakeConnection() override { server_.Close(); }

  Result<Rows> Query(std::string_view sql) override {
    return server_.Query(sql, generation_, stop_);
  }

  const ServerFacts& facts() const override { return facts_; }

 private:
  FakeServer& server_;
  const ServerFacts facts_;
  const int generation_;
  const std::stop_token stop_;
};

ConnectResult FakeServer::ConnectTo(const std::string& database, const SessionLimits& /*limits*/,
                                    std::stop_token stop) {
  const MutexLock lock(mutex_);
  ++connects_;
  if (down_) {
    return tl::unexpected(*down_);
  }
  connected_to_.push_back(database);
  if (const auto refused = refused_.find(database); refused != refused_.end()) {
    return tl::unexpected(refused->second);
  }
  most_open_ = std::max(most_open_, ++open_);
  ServerFacts facts = facts_;
  facts.database = database.empty() ? facts.database : database;
  facts.connection = static_cast<std::uint64_t>(connects_);
  return std::make_unique<FakeConnection>(*this, std::move(facts), generation_, std::move(stop));
}

Result<Rows> FakeServer::Query(std::string_view sql, int generation, const std::stop_token& stop) {
  MutexLock lock(mutex_);
  if (!hang_on_.empty() && sql.find(hang_on_) != sql.npos) {
    ++hanging_;
    changed_.notify_all();
    changed_.wait(lock, stop, [&]() REQUIRES(mutex_) { return hang_on_.empty(); });
    --hanging_;
  }
  if (stop.stop_requested()) {
    return Fail(ErrorCode::kUnavailable, "stopped");
  }
  if (generation != generation_) {
    return Fail(ErrorCode::kUnavailable, "the connection is closed");
  }
  if (sql.find("pg_is_in_recovery") != sql.npos && !answers_.contains("pg_is_in_recovery")) {
    return Rows(
        {"pg_is_in_recovery", "extensions"},
        {facts_.in_recovery ? "t" : "f", fmt::format("{}", fmt::join(facts_.extensions, ","))});
  }
  for (const auto& [part, rows] : answers_) {
    if (sql.find(part) != sql.npos) {
      return rows;
    }
  }
  return Fail(ErrorCode::kInvalidInput, fmt::format("no answer for {}", sql));
}

void FakeServer::Answer(const std::string& part, Result<Rows> rows) {
  const MutexLock lock(mutex_);
  answers_.insert_or_assign(part, std::move(rows));
}

void FakeServer::GoDown(ConnectFailure failure) {
  const MutexLock lock(mutex_);
  down_ = std::move(failure);
  ++generation_;
}

void FakeServer::Refuse(const std::string& database, ConnectFailure failure) {
  const MutexLock lock(mutex_);
  refused_.insert_or_assign(database, std::move(failure));
}

std::vector<std::string> FakeServer::connected_to() const {
  const MutexLock lock(mutex_);
  return connected_to_;
}

void FakeServer::DropConnections() {
  const MutexLock lock(mutex_);
  ++generation_;
}

void FakeServer::ComeBack() {
  const MutexLock lock(mutex_);
  down_.reset();
}

void FakeServer::HangOn(const std::string& part) {
  const MutexLock lock(mutex_);
  hang_on_ = part;
  changed_.notify_all();
}

void FakeServer::WaitUntilItHangs() {
  MutexLock lock(mutex_);
  changed_.wait(lock, [&]() REQUIRES(mutex_) { return hanging_ > 0; });
}

void FakeServer::SetFacts(ServerFacts facts) {
  const MutexLock lock(mutex_);
  facts_ = std::move(facts);
}

void FakeServer::Close() {
  const MutexLock lock(mutex_);
  --open_;
}

int FakeServer::connects() const {
  const MutexLock lock(mutex_);
  return connects_;
}

int FakeServer::open() const {
  const MutexLock lock(mutex_);
  return open_;
}

int FakeServer::most_open() const {
  const MutexLock lock(mutex_);
  return most_open_;
}

}  // namespace hakem::exporter

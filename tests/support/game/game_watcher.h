#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "collectors/core/collector.h"
#include "exporter/session/postgres_session.h"
#include "model/clock.h"
#include "tests/support/collection/page_text.h"
#include "tests/support/matchers.h"

namespace hakem::collectors {

extern const CollectorSpec game;

/// A real session that counts its round trips.
class CountingSession final : public Session {
 public:
  explicit CountingSession(std::unique_ptr<Session> session) : session_(std::move(session)) {}

  Result<Rows> Query(std::string_view sql) override {
    ++round_trips;
    return session_->Query(rewrite ? rewrite(std::string(sql)) : std::string(sql));
  }

  void Configure(const RoundOptions& options) override { session_->Configure(options); }

  const ServerFacts& facts() const override { return session_->facts(); }

  int round_trips = 0;
  std::function<std::string(std::string)> rewrite;  ///< Applied to each query, if set.

 private:
  const std::unique_ptr<Session> session_;
};

/// Returns a session; fails the test if it cannot connect.
inline std::unique_ptr<Session> Connect(exporter::SessionFactory& factory,
                                        const exporter::SessionLimits& limits = {}) {
  auto connected = factory.Connect(limits, {});
  EXPECT_TRUE(connected.has_value()) << connected.error().error.message;
  return std::move(*connected);
}

/// One collector on one database, with the values of its last round.
class Watcher {
 public:
  explicit Watcher(const std::string& dsn, const GameOptions& options = {},
                   GameStore* store = nullptr, const CollectorSpec& spec = game)
      : factory_(std::make_unique<exporter::PostgresSessionFactory>(
            *config::Conninfo::Parse(Secret(dsn)), "", SystemClock())),
        collector_(spec.make({.interval = std::chrono::seconds(5),
                              .games = {options},
                              .statements = {},
                              .game_store = store})) {
    Reconnect();
  }

  void Reconnect() { session_ = std::make_unique<CountingSession>(Connect(*factory_, limits)); }

  /// Connects to another server, as after a failover.
  void ReconnectTo(const std::string& dsn) {
    factory_ = std::make_unique<exporter::PostgresSessionFactory>(
        *config::Conninfo::Parse(Secret(dsn)), "", SystemClock());
    const std::uint64_t before = session_->facts().connection;
    do {
      Reconnect();  // Each factory numbers its connections from 1.
    } while (session_->facts().connection <= before);
  }

  /// Applies `rewrite` to the text of each of the session's queries.
  void Rewrite(std::function<std::string(std::string)> rewrite) {
    session_->rewrite = std::move(rewrite);
  }

  exporter::SessionLimits limits;  ///< For the next connection.

  int round_trips() const { return session_->round_trips; }

  Result<void> Collect() {
    auto collected =
        collector_->Collect({.session = *session_, .clock = SystemClock(), .log = log_}, sink_);
    values_.clear();
    for (const MetricFamily& family : sink_.Take()) {
      for (const Sample& sample : family.samples) {
        values_[PageText(sample.series)] = sample.value;
      }
    }
    return collected;
  }

  /// Returns the value of a series; nothing if it does not exist.
  std::optional<double> Value(const std::string& series) const {
    const auto found = values_.find(series);
    return found == values_.end() ? std::nullopt : std::optional(found->second);
  }

  double Sum(const std::string& family) const {
    double sum = 0;
    for (const auto& [series, value] : values_) {
      sum += series.starts_with(family + "{") ? value : 0;
    }
    return sum;
  }

  bool HasFamily(const std::string& family) const {
    const auto found = values_.lower_bound(family + "{");
    return found != values_.end() && found->first.starts_with(family + "{");
  }

 private:
  std::unique_ptr<exporter::PostgresSessionFactory> factory_;
  std::unique_ptr<CountingSession> session_;
  std::unique_ptr<Collector> collector_;
  SampleSink sink_{Labels{}};
  Logger log_ = Log::Silent().For("collectors.game");
  std::map<std::string, double> values_;
};

}  // namespace hakem::collectors

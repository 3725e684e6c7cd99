#pragma once

#include <memory>
#include <optional>
#include <random>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "collectors/core/collector.h"
#include "exporter/session/session_factory.h"
#include "model/clock.h"
#include "model/log.h"
#include "model/metric_family.h"

namespace hakem::exporter {

/// What became of one collector in a round.
struct CollectorRound {
  const collectors::CollectorSpec* spec = nullptr;
  std::optional<std::string> planned_out = {};  ///< Why it cannot run on this server.
  std::optional<Error> error = {};              ///< Why it did not succeed.
  std::vector<MetricFamily> families = {};      ///< When it succeeded.
  SteadyTime::duration duration{0};
  SteadyTime::duration db_time{0};  ///< Of which its statements took this, seen from the client.
  std::uint64_t duplicates = 0;     ///< Series that it wrote twice.

  bool succeeded() const { return !planned_out && !error; }
};

/// What became of one round of a lane.
struct LaneRound {
  bool connected = false;  ///< Whether there was a connection when the collectors' turn came.
  std::optional<ConnectFailure> failure;  ///< Why there was no connection, or why it was lost.
  std::vector<std::optional<DownReason>> connects;  ///< Each attempt; nothing: it succeeded.
  std::optional<collectors::ServerFacts> facts;     ///< While a connection is open after the round.
  std::vector<CollectorRound> collectors;           ///< One for each collector of the lane.

  /// Whether the server answered: connected, and not every collector failed.
  bool ok() const;
};

struct LaneOptions {
  collectors::Lane kind = collectors::Lane::kFast;
  SessionLimits limits = {};
  std::vector<const collectors::CollectorSpec*> collectors = {};
  collectors::CollectorOptions collector_options = {};
  Labels constant_labels = {};  ///< Put on every series.
};

struct LaneDeps {
  SessionFactory& sessions;
  const Clock& clock;
  const Log& log;
};

/// One connection and the collectors that use it one after another. Lost connections are made
/// again, with backoff. A collector that fails never stops the others; only once the connection is
/// lost the rest of the round is given up. Used by one thread at a time; a change of state is
/// logged once.
class Lane {
 public:
  Lane(LaneOptions options, const LaneDeps& deps);

  /// Runs every collector that fits the server once. Blocks for as long as the session's limits
  /// allow; returns at once when `stop` is requested.
  LaneRound Collect(const std::stop_token& stop);

  collectors::Lane kind() const { return options_.kind; }

 private:
  /// A collector, made once: it may keep what it needs between rounds.
  struct Unit {
    const collectors::CollectorSpec* spec;
    std::unique_ptr<collectors::Collector> collector;
    collectors::SampleSink sink;
    Logger log;
    bool failing = false;
  };

  bool EnsureSession(LaneRound& round, const std::stop_token& stop);
  bool StillUsable(LaneRound& round);
  void Connect(LaneRound& round, const std::stop_token& stop);
  CollectorRound Run(Unit& unit);
  void LogChange(Unit& unit, const CollectorRound& round) const;
  void LogChange(const LaneRound& round);

  const LaneOptions options_;
  SessionFactory& sessions_;
  const Clock& clock_;
  const Logger log_;
  std::vector<Unit> units_;
  std::unique_ptr<collectors::Session> session_;
  std::optional<ConnectFailure> last_failure_;  ///< Of connecting; nothing after a success.
  int failures_ = 0;                            ///< In a row.
  SteadyTime next_attempt_{};
  std::optional<DownReason> logged_down_;
  std::minstd_rand jitter_{std::random_device{}()};
};

/// "fast", "slow".
std::string_view ToString(collectors::Lane lane);

}  // namespace hakem::exporter

#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <stop_token>
#include <string>
#include <vector>

#include "collectors/core/collector.h"
#include "config/target/database_filter.h"
#include "exporter/scrape/collector_unit.h"
#include "exporter/scrape/rate_divisor.h"
#include "exporter/session/session_factory.h"
#include "model/clock.h"
#include "model/log.h"
#include "model/metric_family.h"

namespace hakem::exporter {

/// A database that was to be visited.
struct DatabaseVisit {
  std::string name;
  std::string error = {};  ///< Why it could not be; empty when it was.
};

/// What became of one round of a lane, or of one of the visits that follow it.
struct LaneRound {
  bool connected = false;  ///< Whether there was a connection when the collectors' turn came.
  std::optional<ConnectFailure> failure;  ///< Why there was no connection, or why it was lost.
  std::vector<std::optional<DownReason>> connects;  ///< Each attempt; nothing: it succeeded.
  std::optional<collectors::ServerFacts> facts;     ///< While a connection is open after the round.
  std::optional<SteadyTime::duration> round_trip;   ///< Of the shortest question there is.
  std::vector<CollectorRound> collectors;           ///< One for each collector that took part.
  std::optional<DatabaseVisit> visit;               ///< Set for a visit to another database.
  std::vector<DatabaseVisit> refused;               ///< Databases that are not even tried.
  /// All databases that are watched, the home database too, when they were looked up.
  std::optional<std::vector<std::string>> databases;
  Duration tour{0};   ///< How often they are visited; set with `databases`.
  bool more = false;  ///< Collect wants to be called again at once: databases are left to visit.

  /// Whether the server answered: connected, and not every collector failed.
  bool ok() const;
};

struct LaneOptions {
  collectors::Lane kind = collectors::Lane::kFast;
  SessionLimits limits = {};
  std::vector<const collectors::CollectorSpec*> collectors = {};
  collectors::CollectorOptions collector_options = {};
  std::map<std::string, int> limits_of = {};  ///< CollectorOptions::limit where it is set, by name.
  std::map<std::string, int> max_series = {};  ///< CollectorOptions::max_series, the same.
  DatabaseFilter databases = {};
  Labels constant_labels = {};  ///< Put on every series.
};

struct LaneDeps {
  SessionFactory& sessions;
  const Clock& clock;
  const Log& log;
  const RateDivisor* pace = nullptr;         ///< Null: every collector takes part in every round.
  collectors::SeriesMaker make_series = {};  ///< Called from the lane's thread.
};

/// One connection and the collectors that use it one after another. Lost connections are made
/// again, with backoff. A collector that fails never stops the others; only once the connection is
/// lost the rest of the round is given up. Used by one thread at a time; a change of state is
/// logged once.
///
/// Collectors that look at each database run in the home database during the round; then the
/// connection is closed and made to the other databases, one after another, each in a call of
/// Collect of its own. It is closed after each, so that it keeps nobody from dropping the database.
class Lane {
 public:
  Lane(LaneOptions options, const LaneDeps& deps);

  /// Runs every collector whose turn it is and that fits the server, once: in the home database,
  /// or, after a round that said there is more, in the next of the others. Blocks for as long as
  /// the session's limits allow; returns at once when `stop` is requested.
  LaneRound Collect(const std::stop_token& stop);

  collectors::Lane kind() const { return options_.kind; }

 private:
  /// A database that is not the home one.
  struct Place {
    std::vector<CollectorUnit> units;
    CircuitBreaker breaker;
    std::string last_error = {};  ///< Empty while it can be visited.
  };

  LaneRound CollectAtHome(const std::stop_token& stop);
  void PlanVisits(LaneRound& round);
  void KeepDatabases(LaneRound& round, const collectors::Rows& rows);
  LaneRound Visit(const std::stop_token& stop);
  void VisitOn(collectors::Session& session, Place& place, LaneRound& round);
  void LogChange(Place& place, const DatabaseVisit& visit) const;
  CollectorUnit MakeUnit(const collectors::CollectorSpec& spec, std::string database) const;
  bool TakesPart(const collectors::CollectorSpec& spec) const;
  bool EnsureSession(LaneRound& round, const std::stop_token& stop);
  bool StillUsable(LaneRound& round);
  void Connect(LaneRound& round, const std::stop_token& stop);
  void LogChange(const LaneRound& round);

  const LaneOptions options_;
  const LaneDeps deps_;
  const Logger log_;
  std::vector<CollectorUnit> units_;  ///< At home.
  std::map<std::string, Place> places_;
  std::deque<std::string> left_;  ///< To visit before the next round.
  std::uint64_t rounds_ = 0;      ///< At home, with the one that runs.
  SteadyTime next_tour_{};        ///< Not before then, where there are many databases.
  std::unique_ptr<collectors::Session> session_;
  std::optional<ConnectFailure> last_failure_;  ///< Of connecting; nothing after a success.
  int failures_ = 0;                            ///< In a row.
  SteadyTime next_attempt_{};
  std::optional<bool> logged_recovery_;  ///< The role that was logged last.
  std::optional<DownReason> logged_down_;
  std::minstd_rand jitter_{std::random_device{}()};
};

/// "fast", "slow".
std::string_view ToString(collectors::Lane lane);

}  // namespace hakem::exporter

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

/// An attempt to collect in a database other than the home database.
struct DatabaseVisit {
  std::string name;
  std::string error = {};  ///< Why it failed; empty after a success.
};

/// The result of one call of Lane::Collect: a round in the home database, or a visit to another.
struct LaneRound {
  bool connected = false;  ///< Whether a connection was open when the collectors were to run.
  std::optional<ConnectFailure> failure;  ///< Why there was no connection, or why it was lost.
  std::vector<std::optional<DownReason>> connects;  ///< One per attempt; nullopt: it succeeded.
  std::optional<collectors::ServerFacts> facts;     ///< Empty if no connection is left open.
  std::optional<SteadyTime::duration>
      round_trip;                          ///< Measured with a statement that costs almost nothing.
  std::vector<CollectorRound> collectors;  ///< One per collector whose turn it was.
  std::optional<DatabaseVisit> visit;      ///< Set if this was a visit.
  std::vector<DatabaseVisit> refused;  ///< Databases that are not visited, for want of a privilege.
  /// All databases to collect from, the home database included. Set if they were looked up.
  std::optional<std::vector<std::string>> databases;
  Duration visit_interval{0};  ///< Time between visits to a database. Set with `databases`.
  bool more = false;           ///< Collect is to be called again at once, for the next visit.

  /// Whether the server responded: it was connected, and at least one collector succeeded.
  bool ok() const;
};

/// The part of a target's settings that one lane uses.
struct LaneOptions {
  collectors::Lane kind = collectors::Lane::kFast;
  SessionLimits limits = {};
  std::vector<const collectors::CollectorSpec*> collectors = {};
  collectors::CollectorOptions collector_options = {};  ///< Common to all collectors.
  /// CollectorOptions::limit of the collectors, by name, that do not have the default.
  std::map<std::string, int> limits_of = {};
  /// CollectorOptions::max_series of the collectors, by name, that do not have the default.
  std::map<std::string, int> max_series = {};
  config::DatabaseFilter databases = {};
  Labels constant_labels = {};  ///< Labels that are added to every series.
};

struct LaneDeps {
  SessionFactory& sessions;
  const Clock& clock;
  const Log& log;
  const RateDivisorTable* rate_divisors = nullptr;  ///< Null: all collectors run in every round.
  collectors::SeriesMaker make_series = {};         ///< Called from the thread that calls Collect.
};

/// One connection and the collectors that share it. They run one after another. A lost connection
/// is made again, with backoff. The failure of a collector does not stop the others; a lost
/// connection ends the round. Changes of state are logged once. Used by one thread at a time.
///
/// Collectors with Scope::kDatabase run in the home database during the round, and then in each
/// other database, in one visit per call of Collect. For visits the home connection is closed, and
/// the connection of a visit is closed after it, so that it does not block DROP DATABASE.
class Lane {
 public:
  Lane(LaneOptions options, const LaneDeps& deps);

  /// Runs one round in the home database, or, after a result with `more`, the next visit. Only
  /// collectors whose turn it is and whose requirements are met run. Blocks as long as the limits
  /// of the session allow; returns early when `stop` is requested.
  LaneRound Collect(const std::stop_token& stop);

  collectors::Lane kind() const { return options_.kind; }

 private:
  /// A database other than the home database.
  struct OtherDatabase {
    std::vector<CollectorUnit> units;
    CircuitBreaker breaker;
    std::string last_error = {};  ///< Why the last visit failed; empty after a success.
  };

  LaneRound CollectAtHome(const std::stop_token& stop);
  void ScheduleVisits(LaneRound& round);
  void UpdateDatabases(LaneRound& round, const collectors::Rows& rows);
  LaneRound Visit(const std::stop_token& stop);
  void RunVisit(collectors::Session& session, OtherDatabase& database, LaneRound& round);
  void LogChange(OtherDatabase& database, const DatabaseVisit& visit) const;
  CollectorUnit MakeUnit(const collectors::CollectorSpec& spec, std::string database) const;
  bool IsItsTurn(const collectors::CollectorSpec& spec) const;
  bool EnsureSession(LaneRound& round, const std::stop_token& stop);
  bool CheckSession(LaneRound& round);
  void Connect(LaneRound& round, const std::stop_token& stop);
  void LogChange(const LaneRound& round);

  const LaneOptions options_;
  const LaneDeps deps_;
  const Logger log_;
  std::vector<CollectorUnit> units_;  ///< For the home database.
  std::map<std::string, OtherDatabase> other_databases_;
  std::deque<std::string> to_visit_;  ///< Before the next round.
  std::uint64_t rounds_ = 0;          ///< Rounds that began, visits not counted.
  SteadyTime next_lookup_{};          ///< When the databases may be looked up again.
  std::unique_ptr<collectors::Session> session_;
  std::optional<ConnectFailure>
      last_failure_;  ///< Why the last attempt to connect failed, if it did.
  int failures_ = 0;  ///< Failed attempts to connect in a row.
  SteadyTime next_attempt_{};
  std::optional<bool> logged_recovery_;    ///< Whether the role that was last logged is standby.
  std::optional<DownReason> logged_down_;  ///< Empty while the server is up.
  std::minstd_rand jitter_{std::random_device{}()};
};

/// "fast", "slow".
std::string_view ToString(collectors::Lane lane);

}  // namespace hakem::exporter

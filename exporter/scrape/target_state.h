#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exporter/scrape/held_families.h"
#include "exporter/scrape/lane.h"
#include "model/metric_family.h"
#include "model/time.h"

namespace hakem::exporter {

/// What is known about one collector: a row of the collectors page. Of one that looks at each
/// database, all of them together: their sums, and the first error.
struct CollectorStatus {
  const collectors::CollectorSpec* spec = nullptr;
  std::optional<std::string> planned_out = {};  ///< Why it cannot run on this server.
  bool success = false;                         ///< Of its last round.
  std::string error = {};                       ///< Of its last round; empty after a success.
  std::optional<Timestamp> last_success = {};   ///< Of several databases: the oldest.
  double duration_seconds = 0;                  ///< Of its last round.
  std::size_t series = 0;                       ///< That its last success gave.
  std::size_t folded = 0;                       ///< Things told together, as `other`.
  std::size_t databases = 1;                    ///< In which it works.
  bool circuit_open = false;                    ///< It fails so often that it is asked less.
  int pace = 1;                                 ///< Of how many rounds it takes part in one.
  double interval_seconds = 0;                  ///< So it runs once in.
  double cost_share = 0;                        ///< Of one core, of the database, averaged.
  double db_seconds_total = 0;
  std::uint64_t duplicates_total = 0;
};

/// What is known about one target.
struct TargetStatus {
  bool up = false;
  std::optional<DownReason> down_reason = {};  ///< While it is not up.
  std::string error = {};  ///< While the last fast round failed; empty otherwise.
  std::optional<collectors::ServerFacts> facts;       ///< As last seen.
  int connections = 0;                                ///< Open now.
  std::map<std::string_view, double> connects_total;  ///< By result: "ok" or a DownReason.
  double cost_share = 0;   ///< Of one core, that the collectors' statements take of the database.
  double cost_budget = 0;  ///< The share that they may take; 0: no limit.
  std::vector<CollectorStatus> collectors = {};
  std::vector<DatabaseVisit> databases = {};  ///< Other than the home database, as last visited.
};

/// Gathers the rounds of a target's lanes: what holds now, and which values may still be told.
/// Used under one lock or by one thread.
class TargetState {
 public:
  struct Options {
    Duration fast_interval;
    Duration slow_interval;
    Duration fast_timeout;   ///< How long a statement of the fast lane may take.
    double cost_budget = 0;  ///< The share of one core that all collectors may take; 0: no limit.
  };

  TargetState(const Options& options, std::vector<const collectors::CollectorSpec*> specs);

  /// Takes a lane's round in; `now` and `wall` are the instant at which it ended.
  void Apply(collectors::Lane lane, LaneRound round, SteadyTime now, Timestamp wall);

  /// The target is up when the fast lane succeeded within two intervals and its timeout.
  TargetStatus Status(SteadyTime now) const;

  /// The families that collectors gave and that are still held, collector by collector.
  std::vector<MetricFamily> Families(SteadyTime now) const;

  /// Whether the lane's last round had a connection; false before the first.
  bool reached(collectors::Lane lane) const { return lanes_[Index(lane)].reached; }

  /// Whether the lane had a connection open after its last round.
  bool connected(collectors::Lane lane) const { return lanes_[Index(lane)].connected; }

  /// Of how many rounds each collector is to take part in one, so that the budget is kept.
  std::vector<std::pair<const collectors::CollectorSpec*, int>> Paces() const;

  /// How many rounds of the lane were taken in.
  std::uint64_t rounds(collectors::Lane lane) const { return lanes_[Index(lane)].rounds; }

 private:
  struct LaneState {
    bool connected = false;
    bool reached = false;
    std::uint64_t rounds = 0;
  };

  /// One collector in one database, or in the server.
  struct Part {
    std::optional<std::string> planned_out = {};
    bool success = false;
    bool circuit_open = false;
    std::string error = {};
    std::optional<Timestamp> last_success = {};
    double duration_seconds = 0;
    std::size_t series = 0;
    std::size_t folded = 0;
    bool ran = false;
    double cost_seconds = 0;  ///< Of a round, averaged.
    HeldFamilies held{Duration(0)};
  };

  struct CollectorState {
    const collectors::CollectorSpec* spec;
    Duration interval;  ///< Of its lane.
    int pace = 1;
    double db_seconds_total = 0;
    std::uint64_t duplicates_total = 0;
    std::map<std::string, Part> parts = {};  ///< By database; "": at home, or of the server.
  };

  static std::size_t Index(collectors::Lane lane) { return static_cast<std::size_t>(lane); }

  void Apply(CollectorRound round, SteadyTime now, Timestamp wall);
  void ApplyDatabases(const LaneRound& round);
  void ForgetTheFuture(Timestamp wall);
  void SetPaces();
  std::vector<CollectorCost> Costs() const;
  static CollectorStatus StatusOf(const CollectorState& state);

  const Duration up_within_;
  const double cost_budget_;
  SteadyTime::duration round_trip_{0};  ///< The shortest lately: what no statement can be under.
  Duration tour_{0};                    ///< How often databases are visited.
  std::map<std::string, std::string> visits_;  ///< The last error by database, empty: none.
  std::array<LaneState, 2> lanes_;
  std::vector<CollectorState> collectors_;
  std::map<std::string_view, double> connects_total_;
  std::optional<collectors::ServerFacts> facts_;
  std::optional<ConnectFailure> fast_failure_;
  std::optional<SteadyTime> fast_success_;
};

}  // namespace hakem::exporter

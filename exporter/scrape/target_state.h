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

/// The status of one collector: a row of the collectors page. For a collector that runs in several
/// databases, numbers are sums over all of them.
struct CollectorStatus {
  const collectors::CollectorSpec* spec = nullptr;
  std::optional<std::string> unmet_requirement = {};  ///< Why it cannot run on this server.
  bool success = false;                        ///< Whether the last run succeeded in all databases.
  std::string error = {};                      ///< The first error of the last run; "" if none.
  std::optional<Timestamp> last_success = {};  ///< The oldest one of its databases.
  double duration_seconds = 0;                 ///< How long the last run took.
  std::size_t series = 0;                      ///< Series of its last success.
  std::size_t overflow_rows = 0;               ///< Rows beyond its limits, summed into `other`.
  std::size_t databases = 1;                   ///< Databases in which it runs.
  bool circuit_open = false;                   ///< It fails so often that it runs less often.
  int rate_divisor = 1;                        ///< n means that it runs in every n-th round.
  double interval_seconds = 0;                 ///< Time between two runs, with its rate divisor.
  double cost_share = 0;                       ///< Database time, as a share of one core; averaged.
  double db_seconds_total = 0;                 ///< Database time of all its statements.
  std::uint64_t duplicates_total = 0;          ///< Samples of series that it wrote twice in a run.
};

/// The status of one target.
struct TargetStatus {
  bool up = false;
  std::optional<DownReason> down_reason = {};  ///< Set while the target is down.
  std::string error = {};  ///< Why the last fast round failed; "" if it did not.
  std::optional<collectors::ServerFacts> facts;       ///< As of the last connection.
  int connections = 0;                                ///< Open now.
  std::map<std::string_view, double> connects_total;  ///< By result: "ok" or a DownReason.
  double cost_share = 0;   ///< Database time of all collectors, as a share of one core; averaged.
  double cost_budget = 0;  ///< The largest allowed cost_share; 0: no limit.
  std::vector<CollectorStatus> collectors = {};
  std::vector<DatabaseVisit> databases = {};  ///< The last visit to each other database.
};

/// Combines the rounds of a target's two lanes: keeps the last good families of each collector (see
/// HeldFamilies), its status, and its rate divisor. Not thread-safe.
class TargetState {
 public:
  struct Options {
    Duration fast_interval;
    Duration slow_interval;
    Duration fast_timeout;   ///< The longest that a statement of the fast lane may take.
    double cost_budget = 0;  ///< Share of one core that all collectors may use; 0: no limit.
  };

  TargetState(const Options& options, const std::vector<const collectors::CollectorSpec*>& specs);

  /// Adds the result of a round or a visit, which ended at the instant `now`, by the system clock
  /// `wall`.
  void Apply(collectors::Lane lane, LaneRound round, SteadyTime now, Timestamp wall);

  /// The target is up if a fast round succeeded within the last two intervals and one timeout.
  TargetStatus Status(SteadyTime now) const;

  /// The held families of all collectors. A name may occur several times: see FamilyMerger.
  std::vector<MetricFamily> Families(SteadyTime now) const;

  /// Whether a connection was open in the lane's last round; false before the first.
  bool reached(collectors::Lane lane) const { return lanes_[Index(lane)].reached; }

  /// Whether the lane had a connection open after its last round or visit.
  bool connected(collectors::Lane lane) const { return lanes_[Index(lane)].connected; }

  /// The rate divisors that keep the cost budget, by collector.
  std::vector<std::pair<const collectors::CollectorSpec*, int>> RateDivisors() const;

  /// How many rounds of the lane were added; visits do not count.
  std::uint64_t rounds(collectors::Lane lane) const { return lanes_[Index(lane)].rounds; }

 private:
  struct LaneState {
    bool connected = false;
    bool reached = false;
    std::uint64_t rounds = 0;
  };

  /// A collector in one database, or, for Scope::kCluster, on the server.
  struct DatabaseState {
    std::optional<std::string> unmet_requirement = {};
    bool success = false;
    bool circuit_open = false;
    std::string error = {};
    std::optional<Timestamp> last_success = {};
    double duration_seconds = 0;
    std::size_t series = 0;
    std::size_t overflow_rows = 0;
    bool has_run = false;
    double cost_seconds = 0;  ///< Database time per round; averaged.
    HeldFamilies held{Duration(0)};
  };

  struct CollectorState {
    const collectors::CollectorSpec* spec;
    Duration interval;  ///< The interval of its lane.
    int rate_divisor = 1;
    double db_seconds_total = 0;
    std::uint64_t duplicates_total = 0;
    std::map<std::string, DatabaseState> databases = {};  ///< "": the home database, or the server.
  };

  static std::size_t Index(collectors::Lane lane) { return static_cast<std::size_t>(lane); }

  void Apply(CollectorRound round, SteadyTime now, Timestamp wall);
  void ApplyDatabases(const LaneRound& round);
  void CapLastSuccess(Timestamp wall);
  void UpdateRateDivisors();
  std::vector<CollectorCost> Costs() const;
  static CollectorStatus StatusOf(const CollectorState& state);

  const Duration up_within_;
  const double cost_budget_;
  SteadyTime::duration round_trip_{0};  ///< Network time of one statement, measured each round.
  Duration visit_interval_{0};          ///< Time between visits to a database.
  std::map<std::string, std::string> visits_;  ///< By database: the last error, "" if none.
  std::array<LaneState, 2> lanes_;
  std::vector<CollectorState> collectors_;
  std::map<std::string_view, double> connects_total_;
  std::optional<collectors::ServerFacts> facts_;
  std::optional<ConnectFailure> fast_failure_;
  std::optional<SteadyTime> fast_success_;
};

}  // namespace hakem::exporter

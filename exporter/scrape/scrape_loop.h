#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "exporter/scrape/held_families.h"
#include "exporter/scrape/lane_worker.h"
#include "exporter/scrape/target_families.h"
#include "exporter/scrape/target_state.h"
#include "model/snapshot.h"

namespace hakem::exporter {

/// How a target is collected from.
struct ScrapeOptions {
  std::string server = {};                   ///< The label `server`; "": the label is left out.
  Labels target_labels = {};                 ///< `job` and `instance`: Snapshot::target_labels.
  Duration fast = std::chrono::seconds(5);   ///< Interval of the fast lane, and of snapshots.
  Duration slow = std::chrono::seconds(60);  ///< Interval of the slow lane.
  std::map<std::string, bool> enabled = {};  ///< By collector, if it is not the default.
  std::vector<collectors::GameOptions> games = {};
  collectors::GameStore* game_store = nullptr;  ///< Null: the counters of games are not kept.
  config::DatabaseFilter databases = {};        ///< Which other databases are visited.
  collectors::StatementOptions statements = {};
  /// By collector, if it is not the default: how many rows, such as tables, have series of their
  /// own in a database. The rest is summed into `other`.
  std::map<std::string, int> limits = {};
  std::map<std::string, int> max_series = {};  ///< The same for all series of a collector.
  Duration longest_statement = std::chrono::minutes(1);  ///< Shortens the timeout of each lane.
  double cost_budget = 0.005;  ///< Share of one core of database time; 0: no limit.
  std::span<const collectors::CollectorSpec* const> collectors = collectors::kCollectors;
};

struct ScrapeDeps {
  SessionFactory& sessions;
  const Clock& clock;
  const Log& log;
  /// Returns families that do not come from collectors: thresholds, Hakem's own metrics. Called
  /// once per snapshot.
  std::function<std::vector<MetricFamily>()> own_families = {};
  /// Returns the one object for each series. Called from the threads of the lanes.
  collectors::SeriesMaker make_series = {};
  /// Receives each snapshot, in order, and the status of the target at the same time. Called from
  /// the clock thread of the loop, which does not tick again before it returns.
  std::function<void(std::shared_ptr<const Snapshot>, const TargetStatus&)> on_snapshot = {};
};

/// The shortest time between two ticks, however often a collection is requested.
inline constexpr Duration kShortestRest = std::chrono::seconds(1);

/// Collects from one target and publishes snapshots. This is the way of a value:
///
/// 1. A Lane runs the collectors. Its result is a LaneRound.
/// 2. TargetState keeps the last good families of each collector (HeldFamilies), of both lanes.
/// 3. At each tick FamilyMerger joins the held families, TargetFamilies (`pg_up` and others about
///    the target) and Hakem's own metrics into one Snapshot.
///
/// Each tick requests a round of the fast lane, waits for it no longer than its statements may
/// take, and publishes. So while a server hangs, snapshots go on, and values end. The slow lane
/// runs beside it, and also visits the other databases one after another. There are at most 2
/// connections, however many databases there are. Collectors are slowed to keep the cost budget.
/// Threads: the clock thread, which ticks, and one for each lane. All public functions are
/// thread-safe.
class ScrapeLoop {
 public:
  ScrapeLoop(ScrapeOptions options, ScrapeDeps deps);
  ScrapeLoop(const ScrapeLoop&) = delete;
  ScrapeLoop& operator=(const ScrapeLoop&) = delete;
  ~ScrapeLoop();

  /// Starts to collect; does not wait for the server. Called once.
  void Start();

  /// Requests a tick at once, and returns when its snapshot is published, at `deadline`, or when
  /// the loop stops. Simultaneous calls share a tick. Ticks are at least kShortestRest apart.
  void CollectNow(SteadyTime deadline);

  /// Makes all calls of CollectNow return at once, from now on.
  void ReleaseWaiting() { released_.request_stop(); }

  /// Stops at once, even while a query hangs. When it returns, no callback runs any more.
  void Stop();

  TargetStatus Status() const;

 private:
  void Run(const std::stop_token& stop);
  void Tick(const std::stop_token& stop);
  void Rest(SteadyTime begun, SteadyTime next, const std::stop_token& stop);
  bool IsTickRequested() const;
  std::uint64_t TicksPublished() const;
  void RequestSlowLane();
  void Publish();
  void ReceiveRound(collectors::Lane lane, LaneRound round);
  void SetRateDivisor(const collectors::CollectorSpec& spec, int rate_divisor);
  std::uint64_t FastRounds() const;

  const ScrapeOptions options_;
  const ScrapeDeps deps_;
  const Logger log_;
  Wakeup fast_done_;
  Wakeup tick_requested_;
  std::stop_source released_;
  // Used by the clock thread alone:
  TargetFamilies target_families_;
  FamilyMerger merger_;
  SteadyTime slow_due_{};
  std::optional<Timestamp> tick_time_;  ///< When the last tick began; the time of its snapshot.
  bool server_found_ = false;           ///< Whether the fast lane reached it at the last tick.

  mutable Mutex mutex_;
  TargetState state_ GUARDED_BY(mutex_);
  std::uint64_t ticks_begun_ GUARDED_BY(mutex_) = 0;
  std::uint64_t ticks_published_ GUARDED_BY(mutex_) = 0;
  std::uint64_t requested_tick_ GUARDED_BY(mutex_) = 0;  ///< The number of the requested tick.
  std::vector<Wakeup*> waiting_ GUARDED_BY(mutex_);      ///< One per call of CollectNow.

  RateDivisorTable rate_divisors_;

  // Set by Start, reset by Stop:
  std::optional<LaneWorker> fast_;
  std::optional<LaneWorker> slow_;
  std::jthread clock_thread_;
};

/// Collects from a target each time it is called. Keeps the connections, at most 2, and the state
/// of collectors for the next call. The slow lane runs only when its interval has passed. Used by
/// one thread at a time.
class OnDemandCollection {
 public:
  OnDemandCollection(ScrapeOptions options, ScrapeDeps deps);

  /// Returns a snapshot also if the server was not reached. Returns early when `stop` is requested.
  Snapshot Collect(const std::stop_token& stop);

 private:
  void RunLane(Lane& lane, const std::stop_token& stop);

  const ScrapeOptions options_;
  const ScrapeDeps deps_;
  TargetFamilies target_families_;
  FamilyMerger merger_;
  TargetState state_;
  Lane fast_;
  Lane slow_;
  SteadyTime slow_due_{};
};

/// Runs both lanes once and returns the snapshot. Stores the status of the target in `status`,
/// unless that is null. Errors: those of connecting.
Result<Snapshot> CollectOnce(const ScrapeOptions& options, const ScrapeDeps& deps,
                             TargetStatus* status = nullptr);

/// Runs both lanes once and returns the status of the target. Errors: those of connecting.
Result<TargetStatus> InspectOnce(const ScrapeOptions& options, const ScrapeDeps& deps);

}  // namespace hakem::exporter

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
#include "model/published.h"
#include "model/snapshot.h"

namespace hakem::exporter {

struct ScrapeOptions {
  std::string server = {};    ///< The label `server`; empty: without it.
  Labels target_labels = {};  ///< As Snapshot has them.
  Duration fast = std::chrono::seconds(5);
  Duration slow = std::chrono::seconds(60);
  std::map<std::string, bool> enabled = {};  ///< By collector, where it is not the default.
  std::vector<collectors::GameOptions> games = {};
  collectors::GameStore* game_store = nullptr;  ///< Null: counters end with this object.
  DatabaseFilter databases = {};  ///< Of those that collectors look at one after another.
  collectors::StatementOptions statements = {};
  std::map<std::string, int> limits = {};      ///< By collector, where it is not the default.
  std::map<std::string, int> max_series = {};  ///< The same.
  Duration longest_statement = std::chrono::minutes(1);  ///< In any lane.
  double cost_budget = 0.005;  ///< Share of one core of database time; 0: no limit.
  std::span<const collectors::CollectorSpec* const> collectors = collectors::kCollectors;
};

struct ScrapeDeps {
  SessionFactory& sessions;
  const Clock& clock;
  const Log& log;
  /// Families that are on every snapshot besides the collected ones: thresholds, Hakem's own
  /// metrics. Called once a snapshot.
  std::function<std::vector<MetricFamily>()> own_families = {};
  /// Gives collected series their identity; called from the lanes' threads.
  collectors::SeriesMaker make_series = {};
  /// Told of each snapshot, in order, by the loop's own thread; the next tick waits for it.
  std::function<void(std::shared_ptr<const Snapshot>)> on_snapshot = {};
};

/// However often a fresh collection is asked for, this much is between two.
inline constexpr Duration kShortestRest = std::chrono::seconds(1);

/// Collects from one target and publishes what is known. Each fast tick asks the fast lane, waits
/// for it at most as long as its statements may take, and publishes: a server that hangs makes
/// values end, it does not stop the clock. The slow lane runs beside it and visits the databases
/// one after another. At most 2 connections, however many databases there are. Collectors that cost
/// the database more than the budget are slowed.
/// Threads: one for the clock, one for each lane; all public functions are thread-safe.
class ScrapeLoop {
 public:
  ScrapeLoop(ScrapeOptions options, ScrapeDeps deps);
  ScrapeLoop(const ScrapeLoop&) = delete;
  ScrapeLoop& operator=(const ScrapeLoop&) = delete;
  ~ScrapeLoop();

  /// Starts to collect. Called once.
  void Start();

  /// Asks for a tick before its time and returns once it is published, at `deadline`, or when the
  /// loop stops. Who asks meanwhile shares the tick; two never begin within kShortestRest.
  void CollectNow(SteadyTime deadline);

  /// Lets everyone who waits in CollectNow go, now and from now on.
  void ReleaseWaiting() { released_.request_stop(); }

  /// Ends it, at once even when a query hangs; no callback runs any more when it returns.
  void Stop();

  /// The last snapshot; null before the first collection was tried.
  std::shared_ptr<const Snapshot> snapshot() const { return published_.Get(); }

  TargetStatus Status() const;

 private:
  void Run(const std::stop_token& stop);
  void Tick(const std::stop_token& stop);
  void Rest(SteadyTime begun, SteadyTime next, const std::stop_token& stop);
  bool IsAskedForTick() const;
  std::uint64_t TicksPublished() const;
  void AskSlowLane();
  void Publish();
  void TakeIn(collectors::Lane lane, LaneRound round);
  void SetPace(const collectors::CollectorSpec& spec, int pace);
  std::uint64_t FastRounds() const;

  const ScrapeOptions options_;
  const ScrapeDeps deps_;
  const Logger log_;
  Wakeup fast_done_;
  Wakeup tick_asked_;
  std::stop_source released_;
  Published<Snapshot> published_;
  // The clock's thread alone:
  TargetFamilies target_families_;
  FamilyMerger merger_;
  SteadyTime slow_due_{};
  std::optional<Timestamp> tick_time_;  ///< When the last tick began; the time of its snapshot.
  bool server_found_ = false;           ///< By the fast lane, at the last tick.

  mutable Mutex mutex_;
  TargetState state_ GUARDED_BY(mutex_);
  std::uint64_t ticks_begun_ GUARDED_BY(mutex_) = 0;
  std::uint64_t ticks_published_ GUARDED_BY(mutex_) = 0;
  std::uint64_t tick_wanted_ GUARDED_BY(mutex_) = 0;  ///< By who waits for it, a number.
  std::vector<Wakeup*> waiting_ GUARDED_BY(mutex_);   ///< In CollectNow.

  RateDivisor pace_;

  // Set by Start, ended by Stop:
  std::optional<LaneWorker> fast_;
  std::optional<LaneWorker> slow_;
  std::jthread clock_thread_;
};

/// Collects from a target when it is called, and keeps the connections, at most 2, and what
/// collectors remember for the next call. The slow lane runs as often as it is due. Used by one
/// thread at a time.
class OnDemandCollection {
 public:
  OnDemandCollection(ScrapeOptions options, ScrapeDeps deps);

  /// What is known then, whether the server was reached or not. Returns early when stopped.
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

/// Collects once from both lanes and gives what is known then; what it says of the collectors goes
/// to `status`, unless that is null.
/// Errors: those of connecting, when the server is not reached.
Result<Snapshot> CollectOnce(const ScrapeOptions& options, const ScrapeDeps& deps,
                             TargetStatus* status = nullptr);

/// The same, for what it says of the collectors.
Result<TargetStatus> InspectOnce(const ScrapeOptions& options, const ScrapeDeps& deps);

}  // namespace hakem::exporter

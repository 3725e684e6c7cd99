#include "exporter/probe/probed_server.h"

#include <utility>

#include "model/contained.h"

namespace hakem::exporter {

ProbedServer::ProbedServer(Conninfo conninfo, ScrapeOptions options, const Clock& clock,
                           const Log& log)
    : clock_(clock),
      log_(log),
      logger_(log.For("probe")),
      options_(std::move(options)),
      sessions_(std::move(conninfo), "", clock, {}, log.For("session")),
      thread_([this](const std::stop_token& stop) { Run(stop); }) {}

std::shared_ptr<const Snapshot> ProbedServer::Ask(SteadyTime deadline) {
  MutexLock lock(mutex_);
  const std::uint64_t before = ended_;
  wanted_ = wanted_ || !busy_;  // The one that runs answers too.
  changed_.notify_all();
  return changed_.wait_until(lock, deadline, [&] { return ended_ > before; }) ? last_ : nullptr;
}

void ProbedServer::Run(const std::stop_token& stop) {
  constexpr Duration kIdle = std::chrono::minutes(5);
  std::optional<OnDemandCollection> collection;
  while (!stop.stop_requested()) {
    {
      MutexLock lock(mutex_);
      if (!changed_.wait_for(lock, stop, kIdle, [&] { return wanted_; })) {
        collection.reset();
        continue;
      }
      wanted_ = false;
      busy_ = true;
    }
    std::shared_ptr<const Snapshot> found;
    if (!RunContained(logger_, "collection failed", [&] {
          if (!collection) {
            collection.emplace(options_,
                               ScrapeDeps{.sessions = sessions_, .clock = clock_, .log = log_});
          }
          found = std::make_shared<const Snapshot>(collection->Collect(stop));
        })) {
      collection.reset();
    }
    const MutexLock lock(mutex_);
    busy_ = false;
    ++ended_;
    last_ = std::move(found);
    changed_.notify_all();
  }
}

}  // namespace hakem::exporter

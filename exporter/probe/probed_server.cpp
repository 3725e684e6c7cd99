#include "exporter/probe/probed_server.h"

#include <fmt/format.h>

#include <system_error>
#include <utility>

#include "model/contained.h"

namespace hakem::exporter {

ProbedServer::ProbedServer(config::Conninfo conninfo, ScrapeOptions options, const Clock& clock,
                           const Log& log)
    : clock_(clock),
      log_(log),
      logger_(log.For("probe")),
      options_(std::move(options)),
      sessions_(std::move(conninfo), "", clock, {}, log.For("session")),
      thread_([this](const std::stop_token& stop) { Run(stop); }) {}

Result<std::shared_ptr<ProbedServer>> ProbedServer::Start(config::Conninfo conninfo,
                                                          ScrapeOptions options, const Clock& clock,
                                                          const Log& log) {
  try {
    return std::shared_ptr<ProbedServer>(
        new ProbedServer(std::move(conninfo), std::move(options), clock, log));
  } catch (const std::system_error& error) {
    return Fail(ErrorCode::kUnavailable, fmt::format("cannot start a thread: {}", error.what()));
  }
}

std::shared_ptr<const Snapshot> ProbedServer::Collect(SteadyTime deadline) {
  MutexLock lock(mutex_);
  const std::uint64_t before = ended_;
  requested_ = requested_ || !collecting_;  // A running collection serves this call too.
  changed_.notify_all();
  return changed_.wait_until(lock, deadline, [&]() REQUIRES(mutex_) { return ended_ > before; })
             ? last_
             : nullptr;
}

void ProbedServer::Run(const std::stop_token& stop) {
  constexpr Duration kIdle = std::chrono::minutes(5);
  std::optional<OnDemandCollection> collection;
  while (!stop.stop_requested()) {
    {
      MutexLock lock(mutex_);
      if (!changed_.wait_for(lock, stop, kIdle, [&]() REQUIRES(mutex_) { return requested_; })) {
        collection.reset();
        continue;
      }
      requested_ = false;
      collecting_ = true;
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
    collecting_ = false;
    ++ended_;
    last_ = std::move(found);
    changed_.notify_all();
  }
}

}  // namespace hakem::exporter

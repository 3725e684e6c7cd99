#pragma once

#include <condition_variable>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

#include "exporter/scrape/scrape_loop.h"
#include "exporter/session/postgres_session.h"
#include "model/mutex.h"
#include "model/result.h"

namespace hakem::exporter {

/// A server that is collected from on request, for `/probe`: on its own thread, one collection at a
/// time. Simultaneous requests share a collection. Keeps its connections, two at most, and closes
/// them after five minutes without a request. Thread-safe.
class ProbedServer {
 public:
  /// Errors: kUnavailable: the system has no thread for it.
  static Result<std::shared_ptr<ProbedServer>> Start(config::Conninfo conninfo,
                                                     ScrapeOptions options, const Clock& clock,
                                                     const Log& log);

  ProbedServer(const ProbedServer&) = delete;
  ProbedServer& operator=(const ProbedServer&) = delete;
  ~ProbedServer() = default;

  /// Returns the next collection that ends after this call. Returns null if none has ended by
  /// `deadline`; then it goes on for the next caller.
  std::shared_ptr<const Snapshot> Collect(SteadyTime deadline);

 private:
  ProbedServer(config::Conninfo conninfo, ScrapeOptions options, const Clock& clock,
               const Log& log);

  void Run(const std::stop_token& stop);

  const Clock& clock_;
  const Log& log_;
  const Logger logger_;
  const ScrapeOptions options_;
  PostgresSessionFactory sessions_;
  Mutex mutex_;
  std::condition_variable_any changed_;
  bool requested_ GUARDED_BY(mutex_) = false;
  bool collecting_ GUARDED_BY(mutex_) = false;
  std::uint64_t ended_ GUARDED_BY(mutex_) = 0;  ///< How many collections have ended.
  std::shared_ptr<const Snapshot> last_ GUARDED_BY(mutex_);
  std::jthread thread_;  // Last: it uses the others.
};

}  // namespace hakem::exporter

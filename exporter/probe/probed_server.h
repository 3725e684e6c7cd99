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

namespace hakem::exporter {

/// A server that is collected from when somebody asks: on a thread of its own, once at a time; who
/// asks meanwhile gets the same answer. Keeps its connections, two at most, for the next question
/// and closes them when none comes for five minutes. Thread-safe.
class ProbedServer {
 public:
  ProbedServer(Conninfo conninfo, ScrapeOptions options, const Clock& clock, const Log& log);
  ProbedServer(const ProbedServer&) = delete;
  ProbedServer& operator=(const ProbedServer&) = delete;
  ~ProbedServer() = default;

  /// What a collection that ends after this call found; nothing when that is not before `deadline`,
  /// and then it goes on for whoever asks next.
  std::shared_ptr<const Snapshot> Ask(SteadyTime deadline);

 private:
  void Run(const std::stop_token& stop);

  const Clock& clock_;
  const Log& log_;
  const Logger logger_;
  const ScrapeOptions options_;
  PostgresSessionFactory sessions_;
  Mutex mutex_;
  std::condition_variable_any changed_;
  bool wanted_ GUARDED_BY(mutex_) = false;
  bool busy_ GUARDED_BY(mutex_) = false;
  std::uint64_t ended_ GUARDED_BY(mutex_) = 0;  ///< Collections.
  std::shared_ptr<const Snapshot> last_ GUARDED_BY(mutex_);
  std::jthread thread_;  // Last: it uses the others.
};

}  // namespace hakem::exporter

#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "config/auth_modules.h"
#include "exporter/probe/probed_server.h"
#include "model/published.h"
#include "model/snapshot.h"
#include "web/http/http.h"

namespace hakem::exporter {

struct ProbeOptions {
  std::string watched_name;        ///< The name of the configured target.
  std::string watched_address;     ///< `host:port` of the configured target.
  std::vector<std::string> hosts;  ///< `host:port` of the others that may be probed.
  config::AuthModules modules;
  ScrapeOptions scrape;  ///< How the others are collected from.
};

/// How to answer a request.
struct ProbeDecision {
  enum class Kind { kWatched, kCollect, kRefuse };
  Kind kind;
  int status = 200;         ///< HTTP status of a refusal.
  std::string reason = {};  ///< Body of a refusal.
};

/// Decides how to answer. Clients can choose only targets that the configuration names, and never
/// pass a connection string, so that credentials are sent to no other host.
ProbeDecision DecideProbe(const ProbeOptions& options, std::string_view target,
                          std::string_view module);

/// Answers `/probe?target=&auth_module=`. For the configured target, the answer is its last
/// snapshot. A listed host is collected from, within the timeout that Prometheus sends. At most 4
/// requests wait at once; others get 503. Thread-safe.
class ProbeHandler {
 public:
  ProbeHandler(ProbeOptions options, const Published<Snapshot>& watched, const Clock& clock,
               const Log& log);

  web::Response Handle(const web::Request& request);

  /// Replaces the options, and closes the connections to all probed servers.
  void SetOptions(ProbeOptions options);

 private:
  std::shared_ptr<const ProbeOptions> options() const;
  Result<std::shared_ptr<ProbedServer>> ServerFor(const std::string& target,
                                                  const std::string& module);
  web::Response CollectFrom(const std::string& target, const std::string& module,
                            const web::Request& request);

  const Published<Snapshot>& watched_;
  const Clock& clock_;
  const Log& log_;
  mutable Mutex mutex_;
  std::shared_ptr<const ProbeOptions> options_ GUARDED_BY(mutex_);
  std::atomic<int> waiting_ = 0;
  std::map<std::pair<std::string, std::string>, std::shared_ptr<ProbedServer>> servers_
      GUARDED_BY(mutex_);
};

}  // namespace hakem::exporter

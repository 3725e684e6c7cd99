#pragma once

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
  std::string watched_name;        ///< Of the target that is collected from all the time.
  std::string watched_address;     ///< Its `host:port`.
  std::vector<std::string> hosts;  ///< `host:port` of the others that may be asked.
  AuthModules modules;
  ScrapeOptions scrape;  ///< How they are collected from.
};

/// Which request is answered, before anything is asked.
struct ProbeDecision {
  enum class Kind { kWatched, kAsk, kRefuse };
  Kind kind;
  int status = 200;         ///< Of a refusal.
  std::string reason = {};  ///< Of a refusal.
};

/// Whether a target may be asked: only what the configuration names, never a connection string of
/// the client's; and credentials go to no other host.
ProbeDecision DecideProbe(const ProbeOptions& options, std::string_view target,
                          std::string_view module);

/// `/probe?target=&auth_module=`. The watched target is answered from its last snapshot; a listed
/// host is collected from, within the time that Prometheus says it waits. At most 4 requests wait
/// at once, others are answered 503. Thread-safe.
class ProbeHandler {
 public:
  ProbeHandler(ProbeOptions options, const Published<Snapshot>& watched, const Clock& clock,
               const Log& log);

  web::Response Handle(const web::Request& request);

  /// Takes other options; the servers that were asked until now are forgotten.
  void SetOptions(ProbeOptions options);

 private:
  std::shared_ptr<const ProbeOptions> options() const;
  std::shared_ptr<ProbedServer> ServerFor(const std::string& target, const std::string& module);
  web::Response Ask(const std::string& target, const std::string& module,
                    const web::Request& request);

  const Published<Snapshot>& watched_;
  const Clock& clock_;
  const Log& log_;
  mutable Mutex mutex_;
  std::shared_ptr<const ProbeOptions> options_ GUARDED_BY(mutex_);
  int waiting_ GUARDED_BY(mutex_) = 0;
  std::map<std::pair<std::string, std::string>, std::shared_ptr<ProbedServer>> servers_
      GUARDED_BY(mutex_);
};

}  // namespace hakem::exporter

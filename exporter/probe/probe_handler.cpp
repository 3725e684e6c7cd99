#include "exporter/probe/probe_handler.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "web/exposition/exposition.h"
#include "web/exposition/metrics_handler.h"

namespace hakem::exporter {
namespace {

constexpr int kMostWaiting = 4;

/// Takes one of the places for waiting requests while it exists, if one is free.
class Place {
 public:
  explicit Place(std::atomic<int>& waiting) : waiting_(waiting), got_(++waiting <= kMostWaiting) {}

  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

  ~Place() { --waiting_; }

  bool got() const { return got_; }

 private:
  std::atomic<int>& waiting_;
  const bool got_;
};

std::string FirstOf(const web::Request& request, std::string_view name) {
  const std::vector<std::string> values = request.Parameters(name);
  return values.empty() ? "" : values.front();
}

web::Response Page(const Snapshot& snapshot, const web::Request& request) {
  const web::ChosenFormat chosen = web::ChooseFormat(request.Header("Accept"));
  return {.headers = {{"Content-Type", std::string(chosen.content_type)}},
          .body = std::make_shared<const std::string>(web::Render(snapshot, chosen.format))};
}

}  // namespace

ProbeDecision DecideProbe(const ProbeOptions& options, std::string_view target,
                          std::string_view module) {
  using Kind = ProbeDecision::Kind;
  if (target.empty()) {
    return {Kind::kRefuse, 400, "say which server: /probe?target=HOST:PORT&auth_module=NAME"};
  }
  if ((!options.watched_name.empty() && target == options.watched_name) ||
      target == options.watched_address) {
    return {Kind::kWatched};
  }
  if (std::find(options.hosts.begin(), options.hosts.end(), target) == options.hosts.end()) {
    return {Kind::kRefuse, 403,
            "this target is neither the watched server nor one of probe.hosts in hakem.yml"};
  }
  if (!options.modules.contains(module)) {
    return {Kind::kRefuse, 400, "auth_module: there is none of this name in the modules' file"};
  }
  return {Kind::kCollect};
}

ProbeHandler::ProbeHandler(ProbeOptions options, const Published<Snapshot>& watched,
                           const Clock& clock, const Log& log)
    : watched_(watched),
      clock_(clock),
      log_(log),
      options_(std::make_shared<const ProbeOptions>(std::move(options))) {}

void ProbeHandler::SetOptions(ProbeOptions options) {
  std::map<std::pair<std::string, std::string>, std::shared_ptr<ProbedServer>> forgotten;
  const MutexLock lock(mutex_);
  options_ = std::make_shared<const ProbeOptions>(std::move(options));
  servers_.swap(forgotten);
}

std::shared_ptr<const ProbeOptions> ProbeHandler::options() const {
  const MutexLock lock(mutex_);
  return options_;
}

web::Response ProbeHandler::Handle(const web::Request& request) {
  const std::string target = FirstOf(request, "target");
  const std::string module = FirstOf(request, "auth_module");
  const ProbeDecision decision = DecideProbe(*options(), target, module);
  switch (decision.kind) {
    case ProbeDecision::Kind::kRefuse:
      return web::TextResponse(decision.status, decision.reason);
    case ProbeDecision::Kind::kWatched: {
      const auto snapshot = watched_.Get();
      return snapshot != nullptr ? Page(*snapshot, request)
                                 : web::TextResponse(503, "nothing was collected yet");
    }
    case ProbeDecision::Kind::kCollect:
      return CollectFrom(target, module, request);
  }
  return web::TextResponse(500, "");
}

web::Response ProbeHandler::CollectFrom(const std::string& target, const std::string& module,
                                        const web::Request& request) {
  const Place place(waiting_);
  if (!place.got()) {
    return web::TextResponse(503, fmt::format("{} probes wait already", kMostWaiting));
  }
  const Duration patience =
      web::FreshTimeout(request.Header("X-Prometheus-Scrape-Timeout-Seconds"));
  const auto server = ServerFor(target, module);
  if (!server) {
    return web::TextResponse(503, server.error().message);
  }
  const auto snapshot = (*server)->Collect(clock_.SteadyNow() + patience);
  return snapshot != nullptr
             ? Page(*snapshot, request)
             : web::TextResponse(503, "the server did not answer within the scrape's timeout");
}

/// Errors: kUnavailable: the options, which may just have changed, do not allow it any more, or
/// there is no thread for it.
Result<std::shared_ptr<ProbedServer>> ProbeHandler::ServerFor(const std::string& target,
                                                              const std::string& module) {
  const MutexLock lock(mutex_);
  if (DecideProbe(*options_, target, module).kind != ProbeDecision::Kind::kCollect) {
    return Fail(ErrorCode::kUnavailable, "the configuration has just changed: try again");
  }
  const auto known = servers_.find({target, module});
  if (known != servers_.end()) {
    return known->second;
  }
  config::Conninfo conninfo = options_->modules.find(module)->second;
  const std::size_t colon = target.rfind(':');
  conninfo.Set("host", target.substr(0, colon));
  conninfo.Set("port", target.substr(colon + 1));
  if (conninfo.Get("dbname").empty()) {
    conninfo.Set("dbname", "postgres");
  }
  auto server = ProbedServer::Start(std::move(conninfo), options_->scrape, clock_, log_);
  if (server) {
    servers_.emplace(std::pair(target, module), *server);
  }
  return server;
}

}  // namespace hakem::exporter

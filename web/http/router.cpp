#include "web/http/router.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <exception>
#include <new>
#include <utility>

#include "format/nearest_name.h"
#include "format/utf8.h"
#include "web/http/refusal.h"

namespace hakem::web {
namespace {

constexpr std::array<std::string_view, 2> kRequestLabels{"handler", "code"};
constexpr Instrument kRequests{.name = "hakem_http_requests_total",
                               .type = MetricType::kCounter,
                               .help = "HTTP requests answered, by page and status.",
                               .labels = kRequestLabels};

/// The label `handler` of unknown paths, so that clients cannot create series.
constexpr std::string_view kNoHandler = "none";

/// Whether a route's path matches a path. `{…}` matches one segment.
bool Covers(std::string_view pattern, std::string_view path) {
  const std::size_t open = pattern.find('{');
  if (open == pattern.npos) {
    return pattern == path;
  }
  const std::string_view suffix = pattern.substr(pattern.find('}') + 1);
  return path.size() > open + suffix.size() && path.starts_with(pattern.substr(0, open)) &&
         path.ends_with(suffix) &&
         path.substr(open, path.size() - open - suffix.size()).find('/') == path.npos;
}

}  // namespace

Router::Router(std::vector<Route> routes, Instruments& instruments, Logger log, AdminPolicy admin,
               std::string base)
    : routes_(std::move(routes)),
      instruments_(instruments),
      log_(std::make_shared<ClientLog>(std::move(log))),
      admin_(admin),
      base_(std::move(base)) {}

Response Router::Handle(const Request& request) const {
  const std::string_view path = PathBelowBase(request.path);
  if (path == request.path) {
    return HandleBelowBase(request);
  }
  Request inner = request;
  inner.path = path;
  return HandleBelowBase(inner);
}

bool Router::AnswersAtOnce(const Request& request) const {
  const Route* const route = Find(request.method, PathBelowBase(request.path));
  return route != nullptr && route->at_once;
}

std::string_view Router::PathBelowBase(std::string_view path) const {
  if (base_.empty() || !path.starts_with(base_) || FindPath(path) != nullptr) {
    return path;
  }
  const std::string_view below = path.substr(base_.size());
  if (below.empty()) {
    return "/";
  }
  return below.starts_with('/') ? below : path;
}

const Route* Router::Find(std::string_view method, std::string_view path) const {
  const std::string_view wanted = method == "HEAD" ? "GET" : method;
  const auto found = std::find_if(routes_.begin(), routes_.end(), [&](const Route& route) {
    return Covers(route.path, path) && route.method == wanted;
  });
  return found != routes_.end() ? &*found : nullptr;
}

const Route* Router::FindPath(std::string_view path) const {
  const auto found = std::find_if(routes_.begin(), routes_.end(),
                                  [path](const Route& route) { return Covers(route.path, path); });
  return found != routes_.end() ? &*found : nullptr;
}

Response Router::HandleBelowBase(const Request& request) const {
  const Route* const route = Find(request.method, request.path);
  const Route* const known = route != nullptr ? route : FindPath(request.path);
  Response response = route != nullptr   ? Admit(*route, request)
                      : known != nullptr ? MethodNotAllowed(request)
                                         : NotFound(request);
  instruments_.Add(kRequests, {known != nullptr ? known->path : kNoHandler,
                               fmt::format_int(response.status).c_str()});
  return response;
}

Response Router::Admit(const Route& route, const Request& request) const {
  if (route.changes()) {
    const Admission admission = JudgeChange(request, admin_);
    if (!IsGranted(admission)) {
      const std::string reason = Explain(admission, request);
      log_->Warn("change refused",
                 {{"handler", route.path}, {"client", request.client.address}, {"cause", reason}});
      return Refusal(request.path, admission == Admission::kNotJson ? 415 : 403, "bad_data",
                     reason);
    }
  }
  return Answer(route, request);
}

Response Router::Answer(const Route& route, const Request& request) const {
  std::string cause = "unknown exception";
  try {
    return route.handler(request);
  } catch (const std::bad_alloc&) {  // Not logged: it is not a bug, and may happen very often.
    return Refusal(request.path, 503, "unavailable",
                   "the system has no memory left: try again later");
  } catch (const std::exception& exception) {
    cause = exception.what();
  } catch (...) {  // Logged below as an unknown exception.
  }
  log_->Error("handler failed", {{"handler", route.path}, {"cause", Cut(cause)}});
  return Refusal(request.path, 500, "internal", "internal error: the cause is in Hakem's log");
}

/// Begins as Prometheus' message does: Grafana recognises missing endpoints by it.
Response Router::NotFound(const Request& request) const {
  const std::string path = Cut(request.path);
  std::vector<std::string_view> paths;
  for (const Route& route : routes_) {
    paths.push_back(route.path);
  }
  return Refusal(
      request.path, 404, "not_found",
      fmt::format("404 page not found: no page \"{}\"{}", path, DidYouMean(path, paths)));
}

Response Router::MethodNotAllowed(const Request& request) const {
  std::string allowed;
  for (const Route& route : routes_) {
    if (Covers(route.path, request.path)) {
      allowed.append(allowed.empty() ? "" : ", ").append(route.method);
      allowed.append(route.method == "GET" ? ", HEAD" : "");
    }
  }
  Response response = Refusal(
      request.path, 405, "bad_data",
      fmt::format("{} is not allowed on {}: use {}", request.method, Cut(request.path), allowed));
  response.headers.push_back({"Allow", allowed});
  return response;
}

}  // namespace hakem::web

#include "web/exposition/metrics_handler.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <memory>

#include "web/exposition/exposition.h"
#include "web/exposition/page_cache.h"
#include "web/exposition/page_filter.h"
#include "web/http/gzip.h"

namespace hakem::web {
namespace {

constexpr double kDefaultTimeout = 10;  // Seconds, as the next two.
constexpr double kLongestTimeout = 60;
constexpr double kMargin = 0.5;

/// One of the kMostFreshRequests places for waiting, which is released at the end of the scope.
class WaitingPlace {
 public:
  explicit WaitingPlace(std::atomic<int>& taken)
      : taken_(taken), granted_(taken.fetch_add(1) < kMostFreshRequests) {}

  ~WaitingPlace() { --taken_; }

  WaitingPlace(const WaitingPlace&) = delete;
  WaitingPlace& operator=(const WaitingPlace&) = delete;

  bool granted() const { return granted_; }

 private:
  std::atomic<int>& taken_;
  const bool granted_;
};

/// The state of /metrics. Thread-safe.
class MetricsPage {
 public:
  explicit MetricsPage(const HandlerContext& context) : context_(context) {}

  Response Answer(const Request& request) {
    const std::vector<std::string> fresh = request.Parameters("fresh");
    if (std::any_of(fresh.begin(), fresh.end(), [](const auto& value) { return value != "1"; })) {
      return TextResponse(400, fmt::format("fresh={}: the only value is 1", fresh.front()));
    }
    if (!fresh.empty()) {
      const WaitingPlace place(waiting_);
      if (!place.granted()) {
        return TextResponse(503, fmt::format("{} requests with fresh=1 wait already: ask again",
                                             kMostFreshRequests));
      }
      context_.collect_now(context_.clock.SteadyNow() +
                           FreshTimeout(request.Header("X-Prometheus-Scrape-Timeout-Seconds")));
    }
    const std::vector<std::string> wanted = request.Parameters("collect[]");
    return wanted.empty()
               ? WholePage(request)
               : context_.work->RunAtOnce(request, [&] { return PartOfPage(request, wanted); });
  }

 private:
  static Response Head(const ChosenFormat& chosen, bool gzip) {
    Response response{.headers = {{"Content-Type", std::string(chosen.content_type)},
                                  {"Vary", "Accept, Accept-Encoding"}}};
    if (gzip) {
      response.headers.push_back({"Content-Encoding", "gzip"});
    }
    return response;
  }

  Response WholePage(const Request& request) {
    const ChosenFormat chosen = ChooseFormat(request.Header("Accept"));
    const bool gzip = AcceptsGzip(request.Header("Accept-Encoding"));
    const auto page = cache_.PageOf(context_.snapshot.Get());
    Response response = Head(chosen, gzip);
    if (gzip) {
      response.body = page->Gzipped(chosen.format);
    } else {
      response.more = page->Plain(chosen.format);
    }
    return response;
  }

  Response PartOfPage(const Request& request, const std::vector<std::string>& wanted) const {
    const ChosenFormat chosen = ChooseFormat(request.Header("Accept"));
    const bool gzip = AcceptsGzip(request.Header("Accept-Encoding"));
    const auto snapshot = context_.snapshot.Get();
    const Result<Snapshot> part =
        OnlyCollectors(snapshot != nullptr ? *snapshot : Snapshot{}, wanted, context_.collectors());
    if (!part) {
      return TextResponse(400, part.error().message);
    }
    std::string page = Render(*part, chosen.format);
    Response response = Head(chosen, gzip);
    response.body = std::make_shared<const std::string>(gzip ? Gzip(page) : std::move(page));
    return response;
  }

  const HandlerContext context_;
  PageCache cache_;
  std::atomic<int> waiting_{0};
};

/// At once, although requests with `fresh=1` wait: they are kMostFreshRequests at most.
constexpr Endpoint kEndpoints[] = {
    {.path = kMetricsPath, .make = MetricsHandler},
};

}  // namespace

const EndpointTable kMetricsEndpoints = kEndpoints;

Duration FreshTimeout(std::string_view header) {
  double seconds = 0;
  const char* const end = header.data() + header.size();
  const auto parsed = std::from_chars(header.data(), end, seconds);
  if (parsed.ptr != end || parsed.ec != std::errc() || !(seconds > 0)) {
    seconds = kDefaultTimeout;
  }
  seconds = std::min(seconds, kLongestTimeout);
  return std::chrono::duration_cast<Duration>(
      std::chrono::duration<double>(seconds - std::min(kMargin, seconds / 4)));
}

Handler MetricsHandler(const HandlerContext& context) {
  return [page = std::make_shared<MetricsPage>(context)](const Request& request) {
    return page->Answer(request);
  };
}

}  // namespace hakem::web

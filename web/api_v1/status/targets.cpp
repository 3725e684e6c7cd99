#include "web/api_v1/status/targets.h"

#include <string>

#include "format/json_writer.h"
#include "model/duration.h"
#include "web/api_v1/json/text.h"
#include "web/api_v1/request/parameters.h"
#include "web/http/envelope.h"

namespace hakem::web {
namespace {

constexpr std::string_view kMetricsPath = "/metrics";
/// How Go prints the zero time.
constexpr std::string_view kNever = "0001-01-01T00:00:00Z";

void WriteTarget(JsonWriter& json, const ServerFacts& facts, const Snapshot* snapshot) {
  const std::string job(facts.target_labels.Get("job"));
  const std::string interval = FormatDuration(facts.collection_interval);
  const std::string url = facts.external_url + std::string(kMetricsPath);
  const Labels discovered{{"__address__", std::string(facts.target_labels.Get("instance"))},
                          {"__metrics_path__", std::string(kMetricsPath)},
                          {"__scheme__", url.substr(0, url.find(':'))},
                          {"__scrape_interval__", interval},
                          {"__scrape_timeout__", interval},
                          {"job", job}};
  json.Object([&] {
    AppendJsonLabels(json.Key("discoveredLabels").Raw(), discovered);
    AppendJsonLabels(json.Key("labels").Raw(), facts.target_labels);
    json.Member("scrapePool", job);
    json.Member("scrapeUrl", url);
    json.Member("globalUrl", url);
    json.Member("lastError", "");
    json.Member("lastScrape",
                snapshot == nullptr ? std::string(kNever) : FormatRfc3339(snapshot->time));
    json.Member("health", snapshot == nullptr ? "unknown" : "up");
    json.Member("scrapeInterval", interval);
    json.Member("scrapeTimeout", interval);
    json.Member("lastScrapeDuration", 0);
  });
}

/// The only target, Hakem itself, whose metrics are what the history holds. The parameters are
/// `state` (`active`, `dropped` or `any`; no target is ever dropped) and `scrapePool`, which must
/// be its `job` to list it.
Response Targets(const Call& call) {
  const ServerFacts& facts = call.context.facts;
  const auto snapshot = call.context.snapshot.Get();
  const std::string state = OneOf(call.request, "state");
  const std::string pool = OneOf(call.request, "scrapePool");
  const bool with_active = (state.empty() || state == "any" || state == "active") &&
                           (pool.empty() || pool == facts.target_labels.Get("job"));
  const bool with_dropped = state.empty() || state == "any" || state == "dropped";
  return ApiObject([&](JsonWriter& json) {
    json.Key("activeTargets").Array([&] {
      if (with_active) {
        WriteTarget(json, facts, snapshot.get());
      }
    });
    json.Key("droppedTargets").Array([] {});
    json.Key("droppedTargetCounts");
    with_dropped ? json.Object([] {}) : json.Value(nullptr);
  });
}

/// The `job` of the only target.
Response ScrapePools(const Call& call) {
  return ApiObject([&](JsonWriter& json) {
    json.Key("scrapePools").Array([&] { json.Value(call.context.facts.target_labels.Get("job")); });
  });
}

/// Empty lists, because Hakem sends notifications itself.
Response Alertmanagers(const Call&) {
  return ApiObject([&](JsonWriter& json) {
    json.Key("activeAlertmanagers").Array([] {});
    json.Key("droppedAlertmanagers").Array([] {});
  });
}

constexpr Endpoint kEndpoints[] = {
    {.path = "/api/v1/targets",
     .kind = Kind::kApi,
     .execution = Execution::kInTurn,
     .answer = Targets},
    {.path = "/api/v1/scrape_pools", .kind = Kind::kApi, .answer = ScrapePools},
    {.path = "/api/v1/alertmanagers", .kind = Kind::kApi, .answer = Alertmanagers},
};

}  // namespace

const EndpointTable kTargetEndpoints = kEndpoints;

}  // namespace hakem::web

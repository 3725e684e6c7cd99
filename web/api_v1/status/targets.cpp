#include "web/api_v1/status/targets.h"

#include <string>
#include <utility>
#include <vector>

#include "format/json.h"
#include "model/duration.h"
#include "web/api_v1/json/text.h"
#include "web/api_v1/request/parameters.h"
#include "web/http/envelope.h"

namespace hakem::web {
namespace {

constexpr std::string_view kMetricsPath = "/metrics";
/// What Go writes for a time that never was.
constexpr std::string_view kNever = "0001-01-01T00:00:00Z";

void AppendTarget(std::string& json, const ServerFacts& facts, const Snapshot* snapshot) {
  const std::string job(facts.target_labels.Get("job"));
  const std::string interval = FormatDuration(facts.collection_interval);
  const std::string url = facts.external_url + std::string(kMetricsPath);
  const Labels discovered{{"__address__", std::string(facts.target_labels.Get("instance"))},
                          {"__metrics_path__", std::string(kMetricsPath)},
                          {"__scheme__", url.substr(0, url.find(':'))},
                          {"__scrape_interval__", interval},
                          {"__scrape_timeout__", interval},
                          {"job", job}};
  json += R"({"discoveredLabels":)";
  AppendJsonLabels(json, discovered);
  json += R"(,"labels":)";
  AppendJsonLabels(json, facts.target_labels);
  const std::vector<std::pair<std::string_view, std::string>> texts{
      {"scrapePool", job},
      {"scrapeUrl", url},
      {"globalUrl", url},
      {"lastError", ""},
      {"lastScrape", snapshot == nullptr ? std::string(kNever) : FormatRfc3339(snapshot->time)},
      {"health", snapshot == nullptr ? "unknown" : "up"},
      {"scrapeInterval", interval},
      {"scrapeTimeout", interval}};
  for (const auto& [name, value] : texts) {
    json += ',';
    AppendJsonString(json, name);
    json += ':';
    AppendJsonString(json, value);
  }
  json += R"(,"lastScrapeDuration":0})";
}

}  // namespace

Response TargetsResponse(const ServerFacts& facts, const Snapshot* snapshot,
                         const Request& request) {
  const std::string state = OneOf(request, "state");
  const std::string pool = OneOf(request, "scrapePool");
  const bool with_active = (state.empty() || state == "any" || state == "active") &&
                           (pool.empty() || pool == facts.target_labels.Get("job"));
  const bool with_dropped = state.empty() || state == "any" || state == "dropped";
  ApiAnswer answer;
  std::string& json = answer.data();
  json += R"({"activeTargets":[)";
  if (with_active) {
    AppendTarget(json, facts, snapshot);
  }
  json += R"(],"droppedTargets":[],"droppedTargetCounts":)";
  json += with_dropped ? "{}}" : "null}";
  return answer.Finish();
}

Response ScrapePoolsResponse(const ServerFacts& facts) {
  ApiAnswer answer;
  answer.data() += R"({"scrapePools":)";
  AppendJsonStrings(answer.data(),
                    std::vector<std::string>{std::string(facts.target_labels.Get("job"))});
  answer.data() += '}';
  return answer.Finish();
}

Response AlertmanagersResponse() {
  return ApiSuccess(R"({"activeAlertmanagers":[],"droppedAlertmanagers":[]})");
}

}  // namespace hakem::web

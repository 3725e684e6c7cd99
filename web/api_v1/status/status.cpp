#include "web/api_v1/status/status.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <filesystem>
#include <iterator>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "format/json.h"
#include "model/duration.h"
#include "promql/evaluation/functions/functions.h"
#include "web/api_v1/request/parameters.h"
#include "web/http/envelope.h"

namespace hakem::web {
namespace {

/// The Prometheus whose language, texts and API Hakem has.
constexpr std::string_view kPrometheusVersion = "3.5.0";
constexpr std::size_t kEntriesOfEach = 10;

void AppendMember(std::string& json, std::string_view name, std::string_view text) {
  json += json.back() == '{' ? "" : ",";
  AppendJsonString(json, name);
  json += ':';
  AppendJsonString(json, text);
}

std::string HostName() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

std::string WorkingDirectory() {
  std::error_code ignored;
  return std::filesystem::current_path(ignored).string();
}

/// What stands for goroutines; 0 where the system does not tell.
std::ptrdiff_t CountThreads() {
  std::error_code ignored;
  const std::filesystem::directory_iterator threads("/proc/self/task", ignored);
  return std::distance(begin(threads), end(threads));
}

void AppendBuildInfo(std::string& json, const ServerFacts& facts) {
  json += '{';
  AppendMember(json, "version", kPrometheusVersion);
  AppendMember(json, "revision", "hakem " + facts.version);
  AppendMember(json, "branch", "");
  AppendMember(json, "buildUser", "");
  AppendMember(json, "buildDate", "");
  AppendMember(json, "goVersion", "");
  json += '}';
}

using Flags = std::map<std::string_view, bool>;

/// `"category":{"name":true}`
void AppendFlags(std::string& json, std::string_view category, const Flags& flags) {
  json += json.back() == '{' ? "" : ",";
  AppendJsonString(json, category);
  json += ":{";
  for (const auto& [name, on] : flags) {
    json += json.back() == '{' ? "" : ",";
    AppendJsonString(json, name);
    json += on ? ":true" : ":false";
  }
  json += '}';
}

Flags LanguageFlags(promql::Features features) {
  using promql::Feature;
  const bool extended = features.Has(Feature::kExtendedRangeSelectors);
  return {{"anchored", extended},
          {"at_modifier", true},
          {"bool", true},
          {"by", true},
          {"delayed_name_removal", features.Has(Feature::kDelayedNameRemoval)},
          {"duration_expr", features.Has(Feature::kDurationExpressions)},
          {"fill", features.Has(Feature::kFillModifiers)},
          {"fill_left", features.Has(Feature::kFillModifiers)},
          {"fill_right", features.Has(Feature::kFillModifiers)},
          {"group_left", true},
          {"group_right", true},
          {"ignoring", true},
          {"negative_offset", true},
          {"offset", true},
          {"on", true},
          {"per_query_lookback_delta", true},
          {"per_step_stats", true},
          {"smoothed", extended},
          {"subqueries", true},
          {"type_and_unit_labels", false},
          {"without", true}};
}

Flags FunctionFlags(promql::Features features) {
  const bool experimental = features.Has(promql::Feature::kExperimentalFunctions);
  Flags flags;
  for (const promql::FunctionFamily& family : promql::FunctionFamilies()) {
    for (const promql::FunctionSpec& function : family) {
      flags[function.name] =
          function.availability != promql::Availability::kExperimental || experimental;
    }
  }
  return flags;
}

Flags OperatorFlags(promql::Features features) {
  Flags flags;
  for (auto op = promql::BinaryOp::kAdd; op <= promql::BinaryOp::kUnless;
       op = static_cast<promql::BinaryOp>(static_cast<int>(op) + 1)) {
    flags[ToString(op)] = true;
  }
  for (auto op = promql::AggregateOp::kSum; op <= promql::AggregateOp::kLimitRatio;
       op = static_cast<promql::AggregateOp>(static_cast<int>(op) + 1)) {
    flags[ToString(op)] =
        op < promql::AggregateOp::kLimitk || features.Has(promql::Feature::kExperimentalFunctions);
  }
  return flags;
}

using Counts = std::map<std::string, std::uint64_t>;

/// What makes the history large.
struct Cardinality {
  explicit Cardinality(const std::vector<SeriesRef>& all) {
    for (const SeriesRef& series : all) {
      ++series_by_name[std::string(series->labels.metric_name())];
      for (const LabelView label : series->labels) {
        if (++series_by_pair[fmt::format("{}={}", label.name, label.value)] == 1) {
          ++values_by_label[std::string(label.name)];
          bytes_by_label[std::string(label.name)] += label.value.size();
        }
      }
    }
  }

  Counts series_by_name;
  Counts series_by_pair;
  Counts values_by_label;
  Counts bytes_by_label;  ///< Of the values, each counted once.
};

/// Appends `,"key":[{"name":…,"value":…}]`, the largest first.
void AppendLargest(std::string& json, std::string_view key, const Counts& counts,
                   std::size_t limit) {
  std::vector<std::pair<std::string, std::uint64_t>> sorted(counts.begin(), counts.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  sorted.resize(std::min(sorted.size(), limit));
  fmt::format_to(std::back_inserter(json), ",\"{}\":[", key);
  for (bool first = true; const auto& [name, value] : sorted) {
    json += first ? R"({"name":)" : R"(,{"name":)";
    AppendJsonString(json, name);
    fmt::format_to(std::back_inserter(json), R"(,"value":{}}})", value);
    first = false;
  }
  json += ']';
}

}  // namespace

Response BuildInfoResponse(const ServerFacts& facts) {
  ApiAnswer answer;
  AppendBuildInfo(answer.data(), facts);
  return answer.Finish();
}

Response VersionResponse(const ServerFacts& facts) {
  std::string json;
  AppendBuildInfo(json, facts);
  return JsonResponse(200, std::move(json));
}

Response FeaturesResponse(promql::Features features) {
  ApiAnswer answer;
  std::string& json = answer.data();
  json += '{';
  AppendFlags(json, "api",
              {{"exclude_alerts", true},
               {"label_values_match", true},
               {"query_stats", true},
               {"query_warnings", true},
               {"remote_read", false},
               {"remote_write_receiver", false}});
  AppendFlags(json, "promql", LanguageFlags(features));
  AppendFlags(json, "promql_functions", FunctionFlags(features));
  AppendFlags(json, "promql_operators", OperatorFlags(features));
  AppendFlags(json, "rules", {{"keep_firing_for", true}, {"query_offset", false}});
  json += '}';
  return answer.Finish();
}

Response WalReplayResponse() {
  return ApiSuccess(R"({"min":0,"max":0,"current":0})");
}

Response ConfigResponse(const std::string* yaml) {
  ApiAnswer answer;
  std::string& json = answer.data();
  json += '{';
  AppendMember(json, "yaml", yaml == nullptr ? std::string_view() : *yaml);
  json += '}';
  return answer.Finish();
}

Response FlagsResponse(const ServerFacts& facts) {
  ApiAnswer answer;
  std::string& json = answer.data();
  json += '{';
  for (const auto& [name, value] : facts.flags) {
    AppendMember(json, name, value);
  }
  json += '}';
  return answer.Finish();
}

Response StoreResponse(const tsdb::Store& store, const Request& request) {
  std::size_t limit = kEntriesOfEach;
  if (const std::string text = OneOf(request, "limit"); !text.empty()) {
    const char* const end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, limit);
    if (parsed.ec != std::errc{} || parsed.ptr != end || limit == 0) {
      return BadData("limit must be a positive number");
    }
  }
  const tsdb::StoreStats stats = store.Stats();
  const Cardinality cardinality(store.SelectSeries({}, Timestamp::min(), Timestamp::max()));
  const auto milliseconds = [](const std::optional<Timestamp>& time) {
    return time ? time->time_since_epoch().count() : 0;
  };
  ApiAnswer answer;
  fmt::format_to(std::back_inserter(answer.data()),
                 R"({{"headStats":{{"numSeries":{},"numLabelPairs":{},"minTime":{},"maxTime":{}}})",
                 stats.series, cardinality.series_by_pair.size(), milliseconds(stats.min_time),
                 milliseconds(stats.max_time));
  AppendLargest(answer.data(), "seriesCountByMetricName", cardinality.series_by_name, limit);
  AppendLargest(answer.data(), "labelValueCountByLabelName", cardinality.values_by_label, limit);
  AppendLargest(answer.data(), "memoryInBytesByLabelName", cardinality.bytes_by_label, limit);
  AppendLargest(answer.data(), "seriesCountByLabelValuePair", cardinality.series_by_pair, limit);
  answer.data() += '}';
  return answer.Finish();
}

Response RuntimeInfoResponse(const ServerFacts& facts, const ReloadStatus* reload, Timestamp now) {
  const ReloadStatus at_start{.succeeded = true, .last_success = facts.started};
  const ReloadStatus& last = reload == nullptr ? at_start : *reload;
  ApiAnswer answer;
  std::string& json = answer.data();
  json += '{';
  AppendMember(json, "startTime", FormatRfc3339(facts.started));
  AppendMember(json, "CWD", WorkingDirectory());
  AppendMember(json, "hostname", HostName());
  AppendMember(json, "serverTime", FormatRfc3339(now));
  fmt::format_to(std::back_inserter(json), R"(,"reloadConfigSuccess":{})", last.succeeded);
  AppendMember(json, "lastConfigTime", FormatRfc3339(last.last_success));
  fmt::format_to(std::back_inserter(json),
                 R"(,"corruptionCount":0,"goroutineCount":{},"GOMAXPROCS":{},"GOMEMLIMIT":{})",
                 CountThreads(), std::thread::hardware_concurrency(),
                 std::numeric_limits<std::int64_t>::max());
  AppendMember(json, "GOGC", "");
  AppendMember(json, "GODEBUG", "");
  AppendMember(json, "storageRetention", FormatDuration(facts.retention));
  json += '}';
  return answer.Finish();
}

}  // namespace hakem::web

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

#include "format/json_writer.h"
#include "model/duration.h"
#include "promql/evaluation/functions/functions.h"
#include "web/api_v1/request/parameters.h"
#include "web/http/envelope.h"

namespace hakem::web {
namespace {

/// The version of Prometheus whose language and API Hakem implements.
constexpr std::string_view kPrometheusVersion = "3.5.0";
constexpr std::size_t kEntriesOfEach = 10;

std::string HostName() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

std::string WorkingDirectory() {
  std::error_code ignored;
  return std::filesystem::current_path(ignored).string();
}

/// The number of threads, which counts as that of goroutines; 0 where /proc is not available.
std::ptrdiff_t CountThreads() {
  std::error_code ignored;
  const std::filesystem::directory_iterator threads("/proc/self/task", ignored);
  return std::distance(begin(threads), end(threads));
}

void WriteBuildInfo(JsonWriter& json, const ServerFacts& facts) {
  json.Member("version", kPrometheusVersion);
  json.Member("revision", "hakem " + facts.version);
  for (const std::string_view empty : {"branch", "buildUser", "buildDate", "goVersion"}) {
    json.Member(empty, "");
  }
}

using Flags = std::map<std::string_view, bool>;

/// Writes `"category":{"name":true}`.
void WriteFlags(JsonWriter& json, std::string_view category, const Flags& flags) {
  json.Key(category).Object([&] {
    for (const auto& [name, on] : flags) {
      json.Member(name, on);
    }
  });
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

/// Counts of what makes the history large.
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
  Counts bytes_by_label;  ///< Sizes of the values, each counted once.
};

/// Writes `"key":[{"name":…,"value":…}]`, the largest first.
void WriteLargest(JsonWriter& json, std::string_view key, const Counts& counts, std::size_t limit) {
  std::vector<std::pair<std::string, std::uint64_t>> sorted(counts.begin(), counts.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  sorted.resize(std::min(sorted.size(), limit));
  json.Key(key).Array(sorted, [&](const auto& entry) {
    json.Object([&] {
      json.Member("name", entry.first);
      json.Member("value", entry.second);
    });
  });
}

/// `version` is that of the Prometheus whose API Hakem implements, because clients derive a
/// server's abilities from it. `revision` is Hakem's version.
Response BuildInfo(const Call& call) {
  return ApiObject([&](JsonWriter& json) { WriteBuildInfo(json, call.context.facts); });
}

/// The build information without the envelope.
Response Version(const Call& call) {
  std::string body;
  JsonWriter json(body);
  json.Object([&] { WriteBuildInfo(json, call.context.facts); });
  return JsonResponse(200, std::move(body));
}

/// Which parts of the language and of the API are available.
Response Features(const Call& call) {
  const promql::Features features = call.context.features;
  return ApiObject([&](JsonWriter& json) {
    WriteFlags(json, "api",
               {{"exclude_alerts", true},
                {"label_values_match", true},
                {"query_stats", true},
                {"query_warnings", true},
                {"remote_read", false},
                {"remote_write_receiver", false}});
    WriteFlags(json, "promql", LanguageFlags(features));
    WriteFlags(json, "promql_functions", FunctionFlags(features));
    WriteFlags(json, "promql_operators", OperatorFlags(features));
    WriteFlags(json, "rules", {{"keep_firing_for", true}, {"query_offset", false}});
  });
}

/// Always zeros, because the history is loaded before the first request.
Response WalReplay(const Call&) {
  return ApiObject([&](JsonWriter& json) {
    for (const std::string_view count : {"min", "max", "current"}) {
      json.Member(count, 0);
    }
  });
}

/// The configuration in force, as YAML.
Response ShowConfig(const Call& call) {
  const auto yaml = call.context.config_yaml.Get();
  return ApiObject(
      [&](JsonWriter& json) { json.Member("yaml", yaml == nullptr ? std::string_view() : *yaml); });
}

/// Hakem's limits, with the names of Prometheus' flags.
Response ShowFlags(const Call& call) {
  return ApiObject([&](JsonWriter& json) {
    for (const auto& [name, value] : call.context.facts.flags) {
      json.Member(name, value);
    }
  });
}

/// The size of the history, and the metric names, labels and label pairs with the most series. The
/// parameter `limit` (by default 10) is the number of each.
Response ShowStore(const Call& call) {
  const tsdb::Store& store = call.context.store;
  std::size_t limit = kEntriesOfEach;
  if (const std::string text = OneOf(call.request, "limit"); !text.empty()) {
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
  return ApiObject([&](JsonWriter& json) {
    json.Key("headStats").Object([&] {
      json.Member("numSeries", stats.series);
      json.Member("numLabelPairs", cardinality.series_by_pair.size());
      json.Member("minTime", milliseconds(stats.min_time));
      json.Member("maxTime", milliseconds(stats.max_time));
    });
    WriteLargest(json, "seriesCountByMetricName", cardinality.series_by_name, limit);
    WriteLargest(json, "labelValueCountByLabelName", cardinality.values_by_label, limit);
    WriteLargest(json, "memoryInBytesByLabelName", cardinality.bytes_by_label, limit);
    WriteLargest(json, "seriesCountByLabelValuePair", cardinality.series_by_pair, limit);
  });
}

Response RuntimeInfo(const Call& call) {
  const HandlerContext& context = call.context;
  return RuntimeInfoResponse(context.facts, context.reload_status.Get().get(), context.clock.Now());
}

constexpr Endpoint kEndpoints[] = {
    {.path = "/api/v1/status/buildinfo", .kind = Kind::kApi, .answer = BuildInfo},
    {.path = "/version", .kind = Kind::kApi, .answer = Version},
    {.path = "/api/v1/features", .kind = Kind::kApi, .answer = Features},
    {.path = "/api/v1/status/walreplay", .kind = Kind::kApi, .answer = WalReplay},
    {.path = "/api/v1/status/config", .kind = Kind::kApi, .answer = ShowConfig},
    {.path = "/api/v1/status/flags", .kind = Kind::kApi, .answer = ShowFlags},
    {.path = "/api/v1/status/tsdb",
     .kind = Kind::kApi,
     .execution = Execution::kInTurn,
     .answer = ShowStore},
    {.path = "/api/v1/status/runtimeinfo", .kind = Kind::kApi, .answer = RuntimeInfo},
};

}  // namespace

const EndpointTable kStatusEndpoints = kEndpoints;

Response RuntimeInfoResponse(const ServerFacts& facts, const ReloadStatus* reload, Timestamp now) {
  const ReloadStatus at_start{.succeeded = true, .last_success = facts.started};
  const ReloadStatus& last = reload == nullptr ? at_start : *reload;
  return ApiObject([&](JsonWriter& json) {
    json.Member("startTime", FormatRfc3339(facts.started));
    json.Member("CWD", WorkingDirectory());
    json.Member("hostname", HostName());
    json.Member("serverTime", FormatRfc3339(now));
    json.Member("reloadConfigSuccess", last.succeeded);
    json.Member("lastConfigTime", FormatRfc3339(last.last_success));
    json.Member("corruptionCount", 0);
    json.Member("goroutineCount", CountThreads());
    json.Member("GOMAXPROCS", std::thread::hardware_concurrency());
    json.Member("GOMEMLIMIT", std::numeric_limits<std::int64_t>::max());
    json.Member("GOGC", "");
    json.Member("GODEBUG", "");
    json.Member("storageRetention", FormatDuration(facts.retention));
  });
}

}  // namespace hakem::web

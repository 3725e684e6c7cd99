#include "web/api_v1/series/metadata.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "format/json_writer.h"
#include "promql/parsing/parser.h"
#include "web/api_v1/json/text.h"
#include "web/api_v1/request/parameters.h"
#include "web/http/envelope.h"

namespace hakem::web {
namespace {

constexpr std::int64_t kNoLimit = -1;

/// Returns nothing when the text is not a number.
std::optional<std::int64_t> ParseCount(const std::string& text) {
  std::int64_t count = kNoLimit;
  const char* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, count);
  return text.empty() || (parsed.ec == std::errc{} && parsed.ptr == end) ? std::optional(count)
                                                                         : std::nullopt;
}

tsdb::MetricDescription Describe(const MetricFamily& family) {
  return {
      .name = family.name,
      .type = family.type == MetricType::kUntyped ? "unknown" : std::string(ToString(family.type)),
      .help = family.help};
}

void WriteDescription(JsonWriter& json, const tsdb::MetricDescription& description) {
  json.Object([&] {
    json.Member("type", description.type);
    json.Member("unit", description.unit);
    json.Member("help", description.help);
  });
}

bool Selects(const std::vector<Matcher>& selector, const Labels& labels) {
  return std::all_of(selector.begin(), selector.end(),
                     [&](const Matcher& matcher) { return matcher.Matches(labels); });
}

void WriteTargetMetric(JsonWriter& json, const Labels& target, std::string_view metric,
                       const tsdb::MetricDescription& description) {
  json.Object([&] {
    AppendJsonLabels(json.Key("target").Raw(), target);
    if (!metric.empty()) {
      json.Member("metric", metric);
    }
    json.Member("type", description.type);
    json.Member("help", description.help);
    json.Member("unit", description.unit);
  });
}

/// Whether no more than so many entries may be written; a negative limit is none.
bool IsReached(std::int64_t limit, std::int64_t written) {
  return limit >= 0 && written >= limit;
}

/// The metrics of the only target, Hakem itself. Parameters are `match_target` (a selector of the
/// target's labels), `metric` and `limit`.
Response TargetMetadata(const Call& call) {
  const Request& request = call.request;
  const Labels& target = call.context.facts.target_labels;
  const auto snapshot = call.context.snapshot.Get();
  const std::optional<std::int64_t> limit = ParseCount(OneOf(request, "limit"));
  if (!limit) {
    return BadData("limit must be a number");
  }
  std::vector<Matcher> selector;
  if (const std::string text = OneOf(request, "match_target"); !text.empty()) {
    Result<std::vector<Matcher>> matchers = promql::ParseSelector(text);
    if (!matchers) {
      return BadData(InvalidParameter("match_target", matchers.error().message).value().message);
    }
    selector = *std::move(matchers);
  }
  const std::string metric = OneOf(request, "metric");
  return ApiSuccess([&](JsonWriter& json) {
    json.Array([&] {
      if (snapshot == nullptr || !Selects(selector, target)) {
        return;
      }
      std::int64_t written = 0;
      for (const MetricFamily& family : snapshot->families) {
        if (!IsReached(*limit, written) && (metric.empty() || metric == family.name)) {
          WriteTargetMetric(json, target, metric.empty() ? family.name : "", Describe(family));
          ++written;
        }
      }
    });
  });
}

/// The metrics of the last snapshot, and imported metrics. Parameters are `metric`, `limit` and
/// `limit_per_metric`.
Response Metadata(const Call& call) {
  const Request& request = call.request;
  const auto snapshot = call.context.snapshot.Get();
  const std::optional<std::int64_t> limit = ParseCount(OneOf(request, "limit"));
  if (!limit) {
    return BadData("limit must be a number");
  }
  if (!ParseCount(OneOf(request, "limit_per_metric"))) {  // Each metric has only one description.
    return BadData("limit_per_metric must be a number");
  }
  std::map<std::string, tsdb::MetricDescription> descriptions;
  for (const tsdb::MetricDescription& description : call.context.imported) {
    descriptions[description.name] = description;
  }
  if (snapshot != nullptr) {
    for (const MetricFamily& family : snapshot->families) {
      descriptions[family.name] = Describe(family);
    }
  }
  const std::string metric = OneOf(request, "metric");
  return ApiObject([&](JsonWriter& json) {
    std::int64_t written = 0;
    for (const auto& [name, description] : descriptions) {
      if (!IsReached(*limit, written) && (metric.empty() || metric == name)) {
        json.Key(name).Array([&, &about = description] { WriteDescription(json, about); });
        ++written;
      }
    }
  });
}

constexpr Endpoint kEndpoints[] = {
    {.path = "/api/v1/metadata",
     .kind = Kind::kApi,
     .execution = Execution::kInTurn,
     .answer = Metadata},
    {.path = "/api/v1/targets/metadata",
     .kind = Kind::kApi,
     .execution = Execution::kInTurn,
     .answer = TargetMetadata},
};

}  // namespace

const EndpointTable kMetadataEndpoints = kEndpoints;

}  // namespace hakem::web

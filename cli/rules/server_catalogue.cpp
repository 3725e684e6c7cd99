#include "cli/rules/server_catalogue.h"

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "exporter/clients/fetch.h"

namespace hakem::cli {
namespace {

using Json = nlohmann::json;
using Names = std::vector<std::string>;
using Types = std::map<std::string, MetricType>;

constexpr Duration kAnswerWithin = std::chrono::seconds(10);

MetricType TypeNamed(std::string_view word) {
  for (const MetricType type :
       {MetricType::kCounter, MetricType::kGauge, MetricType::kHistogram, MetricType::kSummary}) {
    if (ToString(type) == word) {
      return type;
    }
  }
  return MetricType::kUntyped;
}

/// Gets the data of an answer and reads it. `read` may throw nlohmann::json::exception.
template <typename Read>
auto Ask(const std::string& server, std::string_view path, const Read& read)
    -> Result<decltype(read(Json()))> {
  const Result<std::string> answer =
      exporter::Fetch(fmt::format("{}{}", server, path), kAnswerWithin);
  if (!answer) {
    return Fail(answer.error());
  }
  try {
    return read(Json::parse(*answer).at("data"));
  } catch (const Json::exception&) {
    return Fail(ErrorCode::kUnavailable,
                fmt::format("the answer is not that of Prometheus' {}", path));
  }
}

Names ReadNames(const Json& data) {
  return data.get<Names>();
}

/// The types of the families. One with several types has none here.
Types ReadTypes(const Json& data) {
  Types types;
  for (const auto& [name, descriptions] : data.items()) {
    const bool is_one = descriptions.size() == 1;
    types[name] =
        is_one ? TypeNamed(descriptions.at(0).at("type").get<std::string>()) : MetricType::kUntyped;
  }
  return types;
}

}  // namespace

Result<void> AddServerMetrics(const std::string& server, ruletools::Catalogue& catalogue) {
  const Result<Types> types = Ask(server, "/api/v1/metadata", ReadTypes);
  if (!types) {
    return Fail(types.error());
  }
  const Result<Names> metrics = Ask(server, "/api/v1/label/__name__/values", ReadNames);
  if (!metrics) {
    return Fail(metrics.error());
  }
  const Result<Names> labels = Ask(server, "/api/v1/labels", ReadNames);
  if (!labels) {
    return Fail(labels.error());
  }
  for (const auto& [name, type] : *types) {
    if (catalogue.Find(name) == nullptr) {
      catalogue.Add(name, {.type = type, .labels = std::nullopt});
    }
  }
  for (const std::string& name : *metrics) {
    if (catalogue.Find(name) == nullptr) {
      catalogue.Add(name, {.labels = std::nullopt});
    }
  }
  catalogue.AddTargetLabels(std::vector<std::string_view>(labels->begin(), labels->end()));
  return {};
}

}  // namespace hakem::cli

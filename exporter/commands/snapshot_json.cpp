#include "exporter/commands/snapshot_json.h"

#include <cmath>
#include <nlohmann/json.hpp>

namespace hakem::exporter {
namespace {

using Json = nlohmann::ordered_json;

Json ToJson(double value) {
  if (std::isnan(value)) {
    return "NaN";
  }
  if (std::isinf(value)) {
    return value > 0 ? "+Inf" : "-Inf";
  }
  return value;
}

Json ToJson(const Sample& sample, const std::string& family) {
  Json labels = Json::object();
  for (const Label& label : sample.series->labels) {
    if (label.name != kMetricNameLabel || label.value != family) {
      labels[label.name] = label.value;
    }
  }
  return {{"labels", std::move(labels)}, {"value", ToJson(sample.value)}};
}

Json ToJson(const MetricFamily& family) {
  Json samples = Json::array();
  for (const Sample& sample : family.samples) {
    samples.push_back(ToJson(sample, family.name));
  }
  return {{"name", family.name},
          {"type", ToString(family.type)},
          {"help", family.help},
          {"samples", std::move(samples)}};
}

}  // namespace

std::string ToJson(const Snapshot& snapshot) {
  Json families = Json::array();
  for (const MetricFamily& family : snapshot.families) {
    families.push_back(ToJson(family));
  }
  const Json document{{"time", FormatRfc3339(snapshot.time)}, {"families", std::move(families)}};
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace hakem::exporter

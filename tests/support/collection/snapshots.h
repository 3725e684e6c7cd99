#pragma once

#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "model/snapshot.h"

namespace hakem {

/// A snapshot of gauges: each with its labels, the metric name among them, and its value.
inline std::shared_ptr<const Snapshot> MakeSnapshot(
    Timestamp time, std::initializer_list<std::pair<Labels, double>> samples) {
  std::map<std::string, MetricFamily, std::less<>> families;
  for (const auto& [labels, value] : samples) {
    MetricFamily& family = families[std::string(labels.metric_name())];
    family.name = labels.metric_name();
    family.samples.push_back({std::make_shared<const Series>(labels), value});
  }
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->time = time;
  for (auto& [name, family] : families) {
    snapshot->families.push_back(std::move(family));
  }
  return snapshot;
}

}  // namespace hakem

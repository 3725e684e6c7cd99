#include "ruletools/check/catalogue.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "format/nearest_name.h"

namespace hakem::ruletools {
namespace {

KnownMetric WithLabel(KnownMetric metric, std::string_view label) {
  if (metric.labels) {
    metric.labels->emplace(label);
  }
  return metric;
}

KnownMetric OfType(KnownMetric metric, MetricType type) {
  metric.type = type;
  return metric;
}

}  // namespace

void Catalogue::Add(std::string_view name, const KnownMetric& metric) {
  const std::string base(name);
  if (metric.type == MetricType::kHistogram || metric.type == MetricType::kSummary) {
    const KnownMetric count = OfType(metric, MetricType::kCounter);
    AddSeries(base + "_sum", count);
    AddSeries(base + "_count", count);
    if (metric.type == MetricType::kHistogram) {
      AddSeries(base + "_bucket", WithLabel(count, "le"));
    } else {
      AddSeries(base, WithLabel(OfType(metric, MetricType::kGauge), "quantile"));
    }
  } else {
    AddSeries(base, metric);
  }
}

void Catalogue::AddSeries(std::string name, const KnownMetric& metric) {
  const auto [place, is_new] = metrics_.try_emplace(std::move(name), metric);
  if (is_new) {
    return;
  }
  KnownMetric& known = place->second;
  known.type = known.type == metric.type ? known.type : MetricType::kUntyped;
  if (known.labels && metric.labels) {
    known.labels->insert(metric.labels->begin(), metric.labels->end());
  } else {
    known.labels.reset();
  }
}

void Catalogue::AddPrefix(std::string_view prefix, const KnownMetric& metric) {
  prefixes_.insert_or_assign(std::string(prefix), metric);
}

void Catalogue::AddTargetLabels(std::span<const std::string_view> names) {
  target_labels_.insert(names.begin(), names.end());
}

void Catalogue::AddRecorded(std::span<const rules::RuleGroup> groups) {
  const KnownMetric open{.labels = std::nullopt};
  for (const rules::RuleGroup& group : groups) {
    for (const rules::Rule& rule : group.rules) {
      if (std::holds_alternative<rules::RecordingRule>(rule)) {
        Add(rules::NameOf(rule), open);
      }
    }
  }
}

const KnownMetric* Catalogue::Find(std::string_view name) const {
  if (const auto found = metrics_.find(name); found != metrics_.end()) {
    return &found->second;
  }
  const auto family = std::find_if(prefixes_.begin(), prefixes_.end(), [name](const auto& each) {
    return name.starts_with(each.first);
  });
  return family == prefixes_.end() ? nullptr : &family->second;
}

bool Catalogue::IsMistake(std::string_view name) const {
  const bool is_owned =
      std::any_of(owned_.begin(), owned_.end(),
                  [name](const std::string& prefix) { return name.starts_with(prefix); });
  return is_owned && Find(name) == nullptr;
}

std::string Catalogue::Suggestion(std::string_view name) const {
  std::vector<std::string_view> names;
  names.reserve(metrics_.size());
  for (const auto& [known, metric] : metrics_) {
    names.push_back(known);
  }
  return DidYouMean(name, names);
}

}  // namespace hakem::ruletools

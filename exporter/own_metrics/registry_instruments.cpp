#include "exporter/own_metrics/registry_instruments.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>
#include <prometheus/summary.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "format/number.h"
#include "model/check.h"
#include "model/mutex.h"

namespace hakem::exporter {
namespace {

/// The time over which the quantiles of summaries are computed, as in Prometheus.
constexpr std::chrono::minutes kQuantileTime(10);

std::map<std::string, std::string> ToMap(const Instrument& instrument,
                                         Instruments::LabelValues values) {
  HAKEM_CHECK(instrument.labels.size() == values.size());
  std::map<std::string, std::string> labels;
  const auto* value = values.begin();
  for (const std::string_view name : instrument.labels) {
    labels.emplace(name, *value++);
  }
  return labels;
}

/// Compares lists of label values, whatever type the lists have.
struct LessByValues {
  using is_transparent = void;

  template <typename One, typename Other>
  bool operator()(const One& one, const Other& other) const {
    return std::lexicographical_compare(one.begin(), one.end(), other.begin(), other.end());
  }
};

/// The series of one instrument. They are found by their label values, without the labels that the
/// library would need for it.
template <typename Metric>
struct KeptFamily {
  prometheus::Family<Metric>* family;
  std::map<std::vector<std::string>, Metric*, LessByValues> series = {};
};

template <typename Metric>
using Families = std::map<std::string_view, KeptFamily<Metric>>;

/// The family of an instrument. It is registered at its first use.
template <typename Metric, typename Builder>
KeptFamily<Metric>& FamilyOf(Families<Metric>& families, Builder builder,
                             const Instrument& instrument, prometheus::Registry& registry) {
  const auto found = families.find(instrument.name);
  if (found != families.end()) {
    return found->second;
  }
  auto& family = builder.Name(std::string(instrument.name))
                     .Help(std::string(instrument.help))
                     .Register(registry);
  return families.emplace(instrument.name, KeptFamily<Metric>{&family}).first->second;
}

/// The series with these label values. It is made at its first use, from `arguments`.
template <typename Metric, typename... Arguments>
Metric& SeriesOf(KeptFamily<Metric>& kept, const Instrument& instrument,
                 Instruments::LabelValues labels, const Arguments&... arguments) {
  const auto found = kept.series.find(labels);
  if (found != kept.series.end()) {
    return *found->second;
  }
  Metric& metric = kept.family->Add(ToMap(instrument, labels), arguments...);
  kept.series.emplace(std::vector<std::string>(labels.begin(), labels.end()), &metric);
  return metric;
}

template <typename Metric>
void RemoveFrom(Families<Metric>& families, const Instrument& instrument,
                Instruments::LabelValues labels) {
  const auto kept = families.find(instrument.name);
  if (kept == families.end()) {
    return;
  }
  auto& series = kept->second.series;
  if (const auto found = series.find(labels); found != series.end()) {
    kept->second.family->Remove(found->second);
    series.erase(found);
  }
}

prometheus::Summary::Quantiles QuantilesOf(const Instrument& instrument) {
  prometheus::Summary::Quantiles quantiles;
  for (const SummaryQuantile& each : instrument.quantiles) {
    quantiles.emplace_back(each.quantile, each.error);
  }
  return quantiles;
}

Sample ToSample(std::string name, const prometheus::ClientMetric& metric, double value,
                std::optional<double> quantile = std::nullopt) {
  std::vector<Label> labels{{std::string(kMetricNameLabel), std::move(name)}};
  for (const prometheus::ClientMetric::Label& label : metric.label) {
    labels.push_back({label.name, label.value});
  }
  if (quantile) {
    labels.push_back({"quantile", FormatNumber(*quantile, NumberForm::kGeneral)});
  }
  return {std::make_shared<const Series>(Labels(labels)), value};
}

void AppendSummary(const std::string& name, const prometheus::ClientMetric& metric,
                   Samples& samples) {
  for (const prometheus::ClientMetric::Quantile& each : metric.summary.quantile) {
    samples.push_back(ToSample(name, metric, each.value, each.quantile));
  }
  samples.push_back(ToSample(name + "_sum", metric, metric.summary.sample_sum));
  samples.push_back(
      ToSample(name + "_count", metric, static_cast<double>(metric.summary.sample_count)));
}

/// Requires: the type is one that instruments have.
MetricType TypeOf(const prometheus::MetricFamily& family) {
  switch (family.type) {
    case prometheus::MetricType::Counter:
      return MetricType::kCounter;
    case prometheus::MetricType::Summary:
      return MetricType::kSummary;
    default:
      return MetricType::kGauge;
  }
}

}  // namespace

struct RegistryInstruments::State {
  prometheus::Registry registry;
  Mutex mutex;
  Families<prometheus::Counter> counters GUARDED_BY(mutex);
  Families<prometheus::Gauge> gauges GUARDED_BY(mutex);
  Families<prometheus::Summary> summaries GUARDED_BY(mutex);
};

RegistryInstruments::RegistryInstruments() : state_(std::make_unique<State>()) {}

RegistryInstruments::~RegistryInstruments() = default;

void RegistryInstruments::Add(const Instrument& instrument, LabelValues labels, double amount) {
  const MutexLock lock(state_->mutex);
  if (instrument.type == MetricType::kCounter) {
    auto& family =
        FamilyOf(state_->counters, prometheus::BuildCounter(), instrument, state_->registry);
    SeriesOf(family, instrument, labels).Increment(amount);
  } else {
    auto& family = FamilyOf(state_->gauges, prometheus::BuildGauge(), instrument, state_->registry);
    SeriesOf(family, instrument, labels).Increment(amount);
  }
}

void RegistryInstruments::Set(const Instrument& instrument, LabelValues labels, double value) {
  HAKEM_CHECK(instrument.type == MetricType::kGauge);
  const MutexLock lock(state_->mutex);
  auto& family = FamilyOf(state_->gauges, prometheus::BuildGauge(), instrument, state_->registry);
  SeriesOf(family, instrument, labels).Set(value);
}

void RegistryInstruments::Observe(const Instrument& instrument, LabelValues labels,
                                  std::span<const double> values) {
  HAKEM_CHECK(instrument.type == MetricType::kSummary);
  const MutexLock lock(state_->mutex);
  auto& family =
      FamilyOf(state_->summaries, prometheus::BuildSummary(), instrument, state_->registry);
  prometheus::Summary& summary =
      SeriesOf(family, instrument, labels, QuantilesOf(instrument), kQuantileTime);
  for (const double value : values) {
    summary.Observe(value);
  }
}

void RegistryInstruments::Remove(const Instrument& instrument, LabelValues labels) {
  const MutexLock lock(state_->mutex);
  RemoveFrom(state_->counters, instrument, labels);
  RemoveFrom(state_->gauges, instrument, labels);
  RemoveFrom(state_->summaries, instrument, labels);
}

std::vector<MetricFamily> RegistryInstruments::Collect() const {
  std::vector<MetricFamily> families;
  for (const prometheus::MetricFamily& collected : state_->registry.Collect()) {
    MetricFamily family{collected.name, TypeOf(collected), collected.help, {}};
    for (const prometheus::ClientMetric& metric : collected.metric) {
      if (family.type == MetricType::kSummary) {
        AppendSummary(collected.name, metric, family.samples);
      } else {
        const bool is_counter = family.type == MetricType::kCounter;
        family.samples.push_back(ToSample(collected.name, metric,
                                          is_counter ? metric.counter.value : metric.gauge.value));
      }
    }
    families.push_back(std::move(family));
  }
  return families;
}

}  // namespace hakem::exporter

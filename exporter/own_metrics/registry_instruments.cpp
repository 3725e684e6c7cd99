#include "exporter/own_metrics/registry_instruments.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include <map>
#include <string>
#include <utility>

#include "model/check.h"
#include "model/mutex.h"

namespace hakem::exporter {
namespace {

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

/// The family of an instrument. It is registered at its first use.
template <typename Families, typename Builder>
auto& FamilyOf(Families& families, Builder builder, const Instrument& instrument,
               prometheus::Registry& registry) {
  const auto found = families.find(instrument.name);
  if (found != families.end()) {
    return *found->second;
  }
  auto& family = builder.Name(std::string(instrument.name))
                     .Help(std::string(instrument.help))
                     .Register(registry);
  families.emplace(instrument.name, &family);
  return family;
}

Sample ToSample(const std::string& name, const prometheus::ClientMetric& metric, double value) {
  std::vector<Label> labels{{std::string(kMetricNameLabel), name}};
  for (const prometheus::ClientMetric::Label& label : metric.label) {
    labels.push_back({label.name, label.value});
  }
  return {std::make_shared<const Series>(Labels(labels)), value};
}

}  // namespace

struct RegistryInstruments::State {
  template <typename Metric>
  using Families = std::map<std::string_view, prometheus::Family<Metric>*>;

  prometheus::Registry registry;
  Mutex mutex;
  Families<prometheus::Counter> counters GUARDED_BY(mutex);
  Families<prometheus::Gauge> gauges GUARDED_BY(mutex);
};

RegistryInstruments::RegistryInstruments() : state_(std::make_unique<State>()) {}

RegistryInstruments::~RegistryInstruments() = default;

void RegistryInstruments::Add(const Instrument& instrument, LabelValues labels, double amount) {
  const MutexLock lock(state_->mutex);
  if (instrument.type == MetricType::kCounter) {
    FamilyOf(state_->counters, prometheus::BuildCounter(), instrument, state_->registry)
        .Add(ToMap(instrument, labels))
        .Increment(amount);
  } else {
    FamilyOf(state_->gauges, prometheus::BuildGauge(), instrument, state_->registry)
        .Add(ToMap(instrument, labels))
        .Increment(amount);
  }
}

void RegistryInstruments::Set(const Instrument& instrument, LabelValues labels, double value) {
  HAKEM_CHECK(instrument.type == MetricType::kGauge);
  const MutexLock lock(state_->mutex);
  FamilyOf(state_->gauges, prometheus::BuildGauge(), instrument, state_->registry)
      .Add(ToMap(instrument, labels))
      .Set(value);
}

std::vector<MetricFamily> RegistryInstruments::Collect() const {
  std::vector<MetricFamily> families;
  for (const prometheus::MetricFamily& collected : state_->registry.Collect()) {
    const bool is_counter = collected.type == prometheus::MetricType::Counter;
    MetricFamily family{
        collected.name, is_counter ? MetricType::kCounter : MetricType::kGauge, collected.help, {}};
    for (const prometheus::ClientMetric& metric : collected.metric) {
      family.samples.push_back(
          ToSample(collected.name, metric, is_counter ? metric.counter.value : metric.gauge.value));
    }
    families.push_back(std::move(family));
  }
  return families;
}

}  // namespace hakem::exporter

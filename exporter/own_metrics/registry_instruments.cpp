#include "exporter/own_metrics/registry_instruments.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "exporter/own_metrics/windowed_summary.h"
#include "format/number.h"
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

/// The series with these label values. It is made at its first use.
template <typename Metric>
Metric& SeriesOf(KeptFamily<Metric>& kept, const Instrument& instrument,
                 Instruments::LabelValues labels) {
  const auto found = kept.series.find(labels);
  if (found != kept.series.end()) {
    return *found->second;
  }
  Metric& metric = kept.family->Add(ToMap(instrument, labels));
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

/// The series of a summary. The texts of instruments are never freed.
struct SummaryFamily {
  Instrument instrument;
  std::map<std::vector<std::string>, WindowedSummary, LessByValues> series = {};
};

/// The family of a summary. It is made at its first use.
SummaryFamily& FamilyOf(std::vector<SummaryFamily>& families, const Instrument& instrument) {
  const auto found = std::find_if(
      families.begin(), families.end(),
      [&](const SummaryFamily& family) { return family.instrument.name == instrument.name; });
  return found != families.end() ? *found : families.emplace_back(SummaryFamily{instrument});
}

Sample ToSample(std::string name, const prometheus::ClientMetric& metric, double value) {
  std::vector<Label> labels{{std::string(kMetricNameLabel), std::move(name)}};
  for (const prometheus::ClientMetric::Label& label : metric.label) {
    labels.push_back({label.name, label.value});
  }
  return {std::make_shared<const Series>(Labels(labels)), value};
}

void AppendSummary(const Instrument& instrument, const std::vector<std::string>& values,
                   const WindowedSummary& summary, SteadyTime now, Samples& samples) {
  const std::string name(instrument.name);
  std::vector<Label> labels{{std::string(kMetricNameLabel), name}};
  for (std::size_t i = 0; i < values.size(); ++i) {
    labels.push_back({std::string(instrument.labels[i]), values[i]});
  }
  const Labels series(labels);
  const auto append = [&](Labels with, double value) {
    samples.push_back({std::make_shared<const Series>(std::move(with)), value});
  };
  for (const auto& [quantile, error] : summary.quantiles()) {
    append(series.With("quantile", FormatNumber(quantile, NumberForm::kGeneral)),
           summary.Estimate(quantile, now));
  }
  append(series.With(kMetricNameLabel, name + "_sum"), summary.sum());
  append(series.With(kMetricNameLabel, name + "_count"), static_cast<double>(summary.count()));
}

MetricFamily ToFamily(const SummaryFamily& summaries, SteadyTime now) {
  const Instrument& instrument = summaries.instrument;
  MetricFamily family{
      std::string(instrument.name), MetricType::kSummary, std::string(instrument.help), {}};
  for (const auto& [values, summary] : summaries.series) {
    AppendSummary(instrument, values, summary, now, family.samples);
  }
  return family;
}

MetricFamily ToFamily(const prometheus::MetricFamily& collected) {
  const bool is_counter = collected.type == prometheus::MetricType::Counter;
  MetricFamily family{
      collected.name, is_counter ? MetricType::kCounter : MetricType::kGauge, collected.help, {}};
  for (const prometheus::ClientMetric& metric : collected.metric) {
    family.samples.push_back(
        ToSample(collected.name, metric, is_counter ? metric.counter.value : metric.gauge.value));
  }
  return family;
}

}  // namespace

struct RegistryInstruments::State {
  explicit State(const Clock& time) : clock(time) {}

  const Clock& clock;
  prometheus::Registry registry;
  Mutex mutex;
  Families<prometheus::Counter> counters GUARDED_BY(mutex);
  Families<prometheus::Gauge> gauges GUARDED_BY(mutex);
  std::vector<SummaryFamily> summaries GUARDED_BY(mutex);
};

RegistryInstruments::RegistryInstruments(const Clock& clock)
    : state_(std::make_unique<State>(clock)) {}

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
  HAKEM_CHECK(instrument.labels.size() == labels.size());
  auto& series = FamilyOf(state_->summaries, instrument).series;
  auto found = series.find(labels);
  if (found == series.end()) {
    found = series
                .emplace(std::vector<std::string>(labels.begin(), labels.end()),
                         WindowedSummary(instrument.quantiles))
                .first;
  }
  found->second.Observe(values, state_->clock.SteadyNow());
}

void RegistryInstruments::Remove(const Instrument& instrument, LabelValues labels) {
  const MutexLock lock(state_->mutex);
  RemoveFrom(state_->counters, instrument, labels);
  RemoveFrom(state_->gauges, instrument, labels);
  for (SummaryFamily& family : state_->summaries) {
    if (family.instrument.name != instrument.name) {
      continue;
    }
    if (const auto found = family.series.find(labels); found != family.series.end()) {
      family.series.erase(found);
    }
  }
}

std::vector<MetricFamily> RegistryInstruments::Collect() const {
  std::vector<MetricFamily> families;
  for (const prometheus::MetricFamily& collected : state_->registry.Collect()) {
    families.push_back(ToFamily(collected));
  }
  const MutexLock lock(state_->mutex);
  const SteadyTime now = state_->clock.SteadyNow();
  for (const SummaryFamily& summaries : state_->summaries) {
    if (!summaries.series.empty()) {
      families.push_back(ToFamily(summaries, now));
    }
  }
  return families;
}

}  // namespace hakem::exporter

#include "exporter/own_metrics/registry_instruments.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "exporter/own_metrics/windowed_summary.h"
#include "format/number.h"
#include "model/check.h"
#include "model/mutex.h"

namespace hakem::exporter {
namespace {

/// Compares lists of label values, whatever type the lists have.
struct LessByValues {
  using is_transparent = void;

  template <typename One, typename Other>
  bool operator()(const One& one, const Other& other) const {
    return std::lexicographical_compare(one.begin(), one.end(), other.begin(), other.end());
  }
};

using Metric = std::variant<prometheus::Counter, prometheus::Gauge, WindowedSummary>;

struct KeptSeries {
  std::vector<SeriesRef> shown = {};  ///< A summary has several: quantiles, sum, count.
  std::unique_ptr<Metric> metric;
};

/// The series of one instrument, by their label values.
struct KeptFamily {
  explicit KeptFamily(const Instrument& instrument)
      : name(instrument.name),
        type(instrument.type),
        help(instrument.help),
        labels(instrument.labels.begin(), instrument.labels.end()),
        quantiles(instrument.quantiles.begin(), instrument.quantiles.end()) {}

  std::string name;
  MetricType type;
  std::string help;
  std::vector<std::string> labels;
  std::vector<SummaryQuantile> quantiles;  ///< Only a summary has some.
  std::map<std::vector<std::string>, KeptSeries, LessByValues> series = {};
};

SeriesRef MakeSeries(const KeptFamily& family, Instruments::LabelValues values,
                     std::string_view suffix = "", std::optional<double> quantile = std::nullopt) {
  std::vector<Label> labels{{std::string(kMetricNameLabel), family.name + std::string(suffix)}};
  const auto* value = values.begin();
  for (const std::string& name : family.labels) {
    labels.push_back({name, std::string(*value++)});
  }
  if (quantile) {
    labels.push_back({"quantile", FormatNumber(*quantile, NumberForm::kGeneral)});
  }
  return std::make_shared<const Series>(Labels(labels));
}

std::unique_ptr<Metric> MakeMetric(const KeptFamily& family) {
  switch (family.type) {
    case MetricType::kCounter:
      return std::make_unique<Metric>(std::in_place_type<prometheus::Counter>);
    case MetricType::kSummary:
      return std::make_unique<Metric>(std::in_place_type<WindowedSummary>, family.quantiles);
    default:
      return std::make_unique<Metric>(std::in_place_type<prometheus::Gauge>);
  }
}

KeptSeries MakeKeptSeries(const KeptFamily& family, Instruments::LabelValues values) {
  KeptSeries made{.metric = MakeMetric(family)};
  if (family.type != MetricType::kSummary) {
    made.shown.push_back(MakeSeries(family, values));
    return made;
  }
  for (const SummaryQuantile& each : family.quantiles) {
    made.shown.push_back(MakeSeries(family, values, "", each.quantile));
  }
  made.shown.push_back(MakeSeries(family, values, "_sum"));
  made.shown.push_back(MakeSeries(family, values, "_count"));
  return made;
}

/// Returns the series with these label values. It is made at its first use.
KeptSeries& SeriesOf(KeptFamily& family, Instruments::LabelValues values) {
  HAKEM_CHECK(family.labels.size() == values.size());
  if (const auto found = family.series.find(values); found != family.series.end()) {
    return found->second;
  }
  return family.series
      .emplace(std::vector<std::string>(values.begin(), values.end()),
               MakeKeptSeries(family, values))
      .first->second;
}

/// The values of a series, in the order of KeptSeries::shown.
std::vector<double> ValuesOf(const Metric& metric, SteadyTime now) {
  if (const auto* const counter = std::get_if<prometheus::Counter>(&metric)) {
    return {counter->Value()};
  }
  if (const auto* const gauge = std::get_if<prometheus::Gauge>(&metric)) {
    return {gauge->Value()};
  }
  const auto& summary = std::get<WindowedSummary>(metric);
  std::vector<double> values;
  for (const SummaryQuantile& each : summary.quantiles()) {
    values.push_back(summary.Estimate(each.quantile, now));
  }
  values.push_back(summary.sum());
  values.push_back(static_cast<double>(summary.count()));
  return values;
}

void AppendSamples(const KeptSeries& series, SteadyTime now, std::vector<Sample>& samples) {
  const std::vector<double> values = ValuesOf(*series.metric, now);
  for (std::size_t i = 0; i < values.size(); ++i) {
    samples.push_back({series.shown[i], values[i]});
  }
}

}  // namespace

struct RegistryInstruments::State {
  explicit State(const Clock& time) : clock(time) {}

  /// Returns the family of an instrument. It is made at its first use.
  KeptFamily& FamilyOf(const Instrument& instrument) REQUIRES(mutex) {
    const auto found = by_name.find(instrument.name);
    if (found != by_name.end()) {
      return *found->second;
    }
    KeptFamily& family = families.emplace_back(instrument);
    by_name.emplace(family.name, &family);
    return family;
  }

  Metric& MetricOf(const Instrument& instrument, LabelValues labels) REQUIRES(mutex) {
    return *SeriesOf(FamilyOf(instrument), labels).metric;
  }

  const Clock& clock;
  mutable Mutex mutex;
  std::deque<KeptFamily> families GUARDED_BY(mutex);  ///< In the order of their first use.
  std::map<std::string_view, KeptFamily*> by_name GUARDED_BY(mutex);
};

RegistryInstruments::RegistryInstruments(const Clock& clock)
    : state_(std::make_unique<State>(clock)) {}

RegistryInstruments::~RegistryInstruments() = default;

void RegistryInstruments::Add(const Instrument& instrument, LabelValues labels, double amount) {
  const MutexLock lock(state_->mutex);
  Metric& metric = state_->MetricOf(instrument, labels);
  if (auto* const gauge = std::get_if<prometheus::Gauge>(&metric)) {
    gauge->Increment(amount);
  } else {
    std::get<prometheus::Counter>(metric).Increment(amount);
  }
}

void RegistryInstruments::Set(const Instrument& instrument, LabelValues labels, double value) {
  HAKEM_CHECK(instrument.type == MetricType::kGauge);
  const MutexLock lock(state_->mutex);
  std::get<prometheus::Gauge>(state_->MetricOf(instrument, labels)).Set(value);
}

void RegistryInstruments::Observe(const Instrument& instrument, LabelValues labels,
                                  std::span<const double> values) {
  HAKEM_CHECK(instrument.type == MetricType::kSummary);
  const MutexLock lock(state_->mutex);
  std::get<WindowedSummary>(state_->MetricOf(instrument, labels))
      .Observe(values, state_->clock.SteadyNow());
}

void RegistryInstruments::Remove(const Instrument& instrument, LabelValues labels) {
  const MutexLock lock(state_->mutex);
  const auto family = state_->by_name.find(instrument.name);
  if (family == state_->by_name.end()) {
    return;
  }
  auto& series = family->second->series;
  if (const auto found = series.find(labels); found != series.end()) {
    series.erase(found);
  }
}

std::vector<MetricFamily> RegistryInstruments::Collect() const {
  const MutexLock lock(state_->mutex);
  const SteadyTime now = state_->clock.SteadyNow();
  std::vector<MetricFamily> families;
  for (const KeptFamily& kept : state_->families) {
    if (kept.series.empty()) {
      continue;
    }
    std::vector<Sample> samples;
    for (const auto& [values, series] : kept.series) {
      AppendSamples(series, now, samples);
    }
    families.push_back({kept.name, kept.type, kept.help, std::move(samples)});
  }
  return families;
}

}  // namespace hakem::exporter

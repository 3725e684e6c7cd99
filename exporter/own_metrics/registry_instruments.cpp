#include "exporter/own_metrics/registry_instruments.h"

#include <prometheus/summary.h>

#include <algorithm>
#include <chrono>
#include <deque>
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

/// Compares lists of label values, whatever type the lists have.
struct LessByValues {
  using is_transparent = void;

  template <typename One, typename Other>
  bool operator()(const One& one, const Other& other) const {
    return std::lexicographical_compare(one.begin(), one.end(), other.begin(), other.end());
  }
};

/// The value of a counter or a gauge, or a summary.
struct KeptSeries {
  std::vector<SeriesRef> shown;  ///< A summary has several: quantiles, sum, count.
  double value = 0;              ///< A counter's or a gauge's.
  std::unique_ptr<prometheus::Summary> summary = nullptr;  ///< Null for the other types.
};

/// The series of one instrument, by their label values.
struct KeptFamily {
  explicit KeptFamily(const Instrument& instrument)
      : name(instrument.name),
        type(instrument.type),
        help(instrument.help),
        labels(instrument.labels.begin(), instrument.labels.end()) {
    for (const SummaryQuantile& each : instrument.quantiles) {
      quantiles.emplace_back(each.quantile, each.error);
    }
  }

  std::string name;
  MetricType type;
  std::string help;
  std::vector<std::string> labels;
  prometheus::Summary::Quantiles quantiles = {};
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

KeptSeries MakeKeptSeries(const KeptFamily& family, Instruments::LabelValues values) {
  KeptSeries made;
  if (family.type != MetricType::kSummary) {
    made.shown.push_back(MakeSeries(family, values));
    return made;
  }
  for (const auto& each : family.quantiles) {
    made.shown.push_back(MakeSeries(family, values, "", each.quantile));
  }
  made.shown.push_back(MakeSeries(family, values, "_sum"));
  made.shown.push_back(MakeSeries(family, values, "_count"));
  made.summary = std::make_unique<prometheus::Summary>(family.quantiles, kQuantileTime);
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

void AppendSamples(const KeptSeries& series, std::vector<Sample>& samples) {
  if (series.summary == nullptr) {
    samples.push_back({series.shown.front(), series.value});
    return;
  }
  const prometheus::ClientMetric::Summary collected = series.summary->Collect().summary;
  std::vector<double> values;
  for (const prometheus::ClientMetric::Quantile& each : collected.quantile) {
    values.push_back(each.value);
  }
  values.push_back(collected.sample_sum);
  values.push_back(static_cast<double>(collected.sample_count));
  for (std::size_t i = 0; i < values.size(); ++i) {
    samples.push_back({series.shown[i], values[i]});
  }
}

}  // namespace

struct RegistryInstruments::State {
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

  mutable Mutex mutex;
  std::deque<KeptFamily> families GUARDED_BY(mutex);  ///< In the order of their first use.
  std::map<std::string_view, KeptFamily*> by_name GUARDED_BY(mutex);
};

RegistryInstruments::RegistryInstruments() : state_(std::make_unique<State>()) {}

RegistryInstruments::~RegistryInstruments() = default;

void RegistryInstruments::Add(const Instrument& instrument, LabelValues labels, double amount) {
  const MutexLock lock(state_->mutex);
  SeriesOf(state_->FamilyOf(instrument), labels).value += amount;
}

void RegistryInstruments::Set(const Instrument& instrument, LabelValues labels, double value) {
  HAKEM_CHECK(instrument.type == MetricType::kGauge);
  const MutexLock lock(state_->mutex);
  SeriesOf(state_->FamilyOf(instrument), labels).value = value;
}

void RegistryInstruments::Observe(const Instrument& instrument, LabelValues labels,
                                  std::span<const double> values) {
  HAKEM_CHECK(instrument.type == MetricType::kSummary);
  const MutexLock lock(state_->mutex);
  prometheus::Summary& summary = *SeriesOf(state_->FamilyOf(instrument), labels).summary;
  for (const double value : values) {
    summary.Observe(value);
  }
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
  std::vector<MetricFamily> families;
  for (const KeptFamily& kept : state_->families) {
    if (kept.series.empty()) {
      continue;
    }
    std::vector<Sample> samples;
    for (const auto& [values, series] : kept.series) {
      AppendSamples(series, samples);
    }
    families.push_back({kept.name, kept.type, kept.help, std::move(samples)});
  }
  return families;
}

}  // namespace hakem::exporter

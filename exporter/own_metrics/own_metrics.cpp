#include "exporter/own_metrics/own_metrics.h"

#include <array>
#include <iterator>

#include "exporter/own_metrics/process_metrics.h"

namespace hakem::exporter {
namespace {

constexpr std::array<std::string_view, 1> kVersionLabel{"version"};
constexpr Instrument kBuildInfo{"hakem_build_info", MetricType::kGauge,
                                "The version of Hakem that runs; always 1.", kVersionLabel};
constexpr Instrument kReloadSuccessful{"hakem_config_last_reload_successful", MetricType::kGauge,
                                       "Whether the configuration was good when it was last read."};
constexpr Instrument kReloadTime{"hakem_config_last_reload_success_timestamp_seconds",
                                 MetricType::kGauge,
                                 "When a good configuration was last read, in seconds since 1970."};

}  // namespace

OwnMetrics::OwnMetrics(const config::Thresholds& thresholds, const Labels& labels, Timestamp now) {
  instruments_.Set(kBuildInfo, {HAKEM_VERSION}, 1);
  Reloaded(thresholds, labels, now);
}

void OwnMetrics::Reloaded(const config::Thresholds& thresholds, const Labels& labels,
                          Timestamp now) {
  thresholds_.Set(
      std::make_shared<const MetricFamily>(config::ThresholdFamily(thresholds, labels)));
  instruments_.Set(kReloadSuccessful, {}, 1);
  instruments_.Set(kReloadTime, {}, ToUnixSeconds(now));
}

void OwnMetrics::ReloadFailed() {
  instruments_.Set(kReloadSuccessful, {}, 0);
}

std::vector<MetricFamily> OwnMetrics::Collect() const {
  std::vector<MetricFamily> families = instruments_.Collect();
  std::vector<MetricFamily> process = ProcessMetrics();
  std::move(process.begin(), process.end(), std::back_inserter(families));
  families.push_back(*thresholds_.Get());
  return families;
}

}  // namespace hakem::exporter

#include "exporter/own_metrics/registry_instruments.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "tests/support/collection/page_text.h"

namespace hakem::exporter {
namespace {

constexpr std::array<std::string_view, 2> kLabels{"receiver", "reason"};
constexpr Instrument kFailures{"failures_total", MetricType::kCounter, "Failures.", kLabels};
constexpr Instrument kPending{"pending", MetricType::kGauge, "Pending."};

constexpr SummaryQuantile kQuantiles[] = {{0.5, 0.05}, {0.99, 0.001}};
constexpr Instrument kDuration{.name = "duration_seconds",
                               .type = MetricType::kSummary,
                               .help = "Duration.",
                               .quantiles = kQuantiles};

/// All values by series.
std::map<std::string, double> Values(const RegistryInstruments& instruments) {
  std::map<std::string, double> values;
  for (const MetricFamily& family : instruments.Collect()) {
    for (const Sample& sample : family.samples) {
      values[PageText(sample.series)] = sample.value;
    }
  }
  return values;
}

TEST(RegistryInstruments, CountByLabels) {
  RegistryInstruments instruments;
  instruments.Add(kFailures, {"slack", "other"});
  instruments.Add(kFailures, {"slack", "other"}, 2);
  instruments.Add(kFailures, {"email", "other"}, 0);
  const auto families = instruments.Collect();
  ASSERT_EQ(families.size(), 1U);
  EXPECT_EQ(families[0].name, "failures_total");
  EXPECT_EQ(families[0].type, MetricType::kCounter);
  EXPECT_EQ(families[0].help, "Failures.");
  EXPECT_EQ(Values(instruments), (std::map<std::string, double>{
                                     {R"(failures_total{reason="other",receiver="slack"})", 3},
                                     {R"(failures_total{reason="other",receiver="email"})", 0}}));
}

TEST(RegistryInstruments, SetGauges) {
  RegistryInstruments instruments;
  instruments.Set(kPending, {}, 5);
  instruments.Set(kPending, {}, 4);
  const auto families = instruments.Collect();
  ASSERT_EQ(families.size(), 1U);
  EXPECT_EQ(families[0].type, MetricType::kGauge);
  EXPECT_EQ(families[0].samples.at(0).value, 4);
}

TEST(RegistryInstruments, SummarizeWhatTheyObserve) {
  RegistryInstruments instruments;
  instruments.Observe(kDuration, {}, {});
  EXPECT_TRUE(std::isnan(Values(instruments).at(R"(duration_seconds{quantile="0.5"})")));
  EXPECT_EQ(Values(instruments).at("duration_seconds_count"), 0);
  std::vector<double> values;
  for (int i = 1; i <= 1000; ++i) {
    values.push_back(i);
  }
  instruments.Observe(kDuration, {}, values);
  const auto families = instruments.Collect();
  ASSERT_EQ(families.size(), 1U);
  EXPECT_EQ(families[0].type, MetricType::kSummary);
  EXPECT_EQ(families[0].name, "duration_seconds");
  ASSERT_EQ(families[0].samples.size(), 4U);
  const auto shown = Values(instruments);
  EXPECT_NEAR(shown.at(R"(duration_seconds{quantile="0.5"})"), 500, 50);
  EXPECT_NEAR(shown.at(R"(duration_seconds{quantile="0.99"})"), 990, 2);
  EXPECT_EQ(shown.at("duration_seconds_sum"), 500'500);
  EXPECT_EQ(shown.at("duration_seconds_count"), 1000);
}

TEST(RegistryInstruments, RemoveSeries) {
  RegistryInstruments instruments;
  instruments.Add(kFailures, {"slack", "other"});
  instruments.Add(kFailures, {"email", "other"}, 2);
  instruments.Remove(kFailures, {"slack", "other"});
  instruments.Remove(kFailures, {"nobody", "other"});
  instruments.Remove(kPending, {});
  EXPECT_EQ(
      Values(instruments),
      (std::map<std::string, double>{{R"(failures_total{reason="other",receiver="email"})", 2}}));
  instruments.Add(kFailures, {"slack", "other"});
  EXPECT_EQ(Values(instruments).at(R"(failures_total{reason="other",receiver="slack"})"), 1)
      << "it begins anew";
}

TEST(RegistryInstruments, ShowFamiliesInTheOrderOfTheirFirstUse) {
  RegistryInstruments instruments;
  instruments.Observe(kDuration, {}, {});
  instruments.Set(kPending, {}, 1);
  instruments.Add(kFailures, {"slack", "other"});
  std::vector<std::string> names;
  for (const MetricFamily& family : instruments.Collect()) {
    names.push_back(family.name);
  }
  EXPECT_EQ(names, (std::vector<std::string>{"duration_seconds", "pending", "failures_total"}));
}

}  // namespace
}  // namespace hakem::exporter

#include "exporter/own_metrics/registry_instruments.h"

#include <gtest/gtest.h>

#include <array>

#include "tests/support/collection/page_text.h"

namespace hakem::exporter {
namespace {

constexpr std::array<std::string_view, 2> kLabels{"receiver", "reason"};
constexpr Instrument kFailures{"failures_total", MetricType::kCounter, "Failures.", kLabels};
constexpr Instrument kPending{"pending", MetricType::kGauge, "Pending."};

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
  std::map<std::string, double> values;
  for (const Sample& sample : families[0].samples) {
    values[PageText(sample.series)] = sample.value;
  }
  EXPECT_EQ(values, (std::map<std::string, double>{
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

}  // namespace
}  // namespace hakem::exporter

#include "collectors/core/sample_sink.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace hakem::collectors {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::string_view kLabels[] = {"mode", "datname"};
constexpr FamilySpec kLocks{"pg_locks_count", MetricType::kGauge, "Locks.", kLabels};
constexpr FamilySpec kSummed{"calls_total", MetricType::kCounter, "Calls.", kLabels,
                             OnDuplicate::kSum};

TEST(SampleSink, GivesFamiliesInTheOrderOfTheirFirstSample) {
  SampleSink sink{Labels{}};
  sink.Write(kSummed, {"a", "b"}, 1);
  sink.Write(kLocks, {"a", "b"}, 2);
  const auto families = sink.Take();
  ASSERT_EQ(families.size(), 2U);
  EXPECT_EQ(families[0].name, "calls_total");
  EXPECT_EQ(families[0].type, MetricType::kCounter);
  EXPECT_EQ(families[0].help, "Calls.");
  EXPECT_EQ(families[1].name, "pg_locks_count");
}

TEST(SampleSink, PutsNameAndConstantLabelsOnEverySeries) {
  SampleSink sink{Labels{{"server", "hokm"}}};
  sink.Write(kLocks, {"exclusivelock", "game"}, 3);
  const auto families = sink.Take();
  EXPECT_EQ(families.at(0).samples.at(0).series->labels, (Labels{{"__name__", "pg_locks_count"},
                                                                 {"datname", "game"},
                                                                 {"mode", "exclusivelock"},
                                                                 {"server", "hokm"}}));
}

TEST(SampleSink, WritesLabelsThatAreNoUtf8SoThatAPageTakesThem) {
  SampleSink sink{Labels{}};
  sink.Write(kLocks, {"a", "caf\xE9"}, 1);
  sink.Write(kLocks, {"a", "caf\xE8"}, 2);
  const auto families = sink.Take();
  ASSERT_EQ(families.at(0).samples.size(), 2U);
  EXPECT_EQ(families.at(0).samples.at(0).series->labels.Get("datname"), "caf\\xe9");
}

TEST(SampleSink, KeepsTheIdentityOfASeriesBetweenRounds) {
  SampleSink sink{Labels{}};
  sink.Write(kLocks, {"a", "b"}, 1);
  const auto first = sink.Take();
  sink.Write(kLocks, {"a", "b"}, 2);
  const auto second = sink.Take();
  EXPECT_EQ(first.at(0).samples.at(0).series, second.at(0).samples.at(0).series);
  EXPECT_EQ(second.at(0).samples.at(0).value, 2);
}

TEST(SampleSink, EndsASeriesThatIsNotWrittenAgain) {
  SampleSink sink{Labels{}};
  sink.Write(kLocks, {"a", "b"}, 1);
  sink.Take();
  EXPECT_THAT(sink.Take(), IsEmpty());
}

TEST(SampleSink, TellsLabelValuesApartWhoseTextsJoinAlike) {
  SampleSink sink{Labels{}};
  sink.Write(kLocks, {"ab", "c"}, 1);
  sink.Write(kLocks, {"a", "bc"}, 2);
  EXPECT_EQ(sink.Take().at(0).samples.size(), 2U);
  EXPECT_EQ(sink.duplicates(), 0U);
}

TEST(SampleSink, KeepsTheFirstOfTwoValuesAndCountsTheOther) {
  SampleSink sink{Labels{}};
  sink.Write(kLocks, {"a", "b"}, 1);
  sink.Write(kLocks, {"a", "b"}, 5);
  const auto families = sink.Take();
  ASSERT_EQ(families.at(0).samples.size(), 1U);
  EXPECT_EQ(families[0].samples[0].value, 1);
  EXPECT_EQ(sink.duplicates(), 1U);
}

TEST(SampleSink, AddsValuesOfOneSeriesWhereTheFamilySaysSo) {
  SampleSink sink{Labels{}};
  sink.Write(kSummed, {"a", "b"}, 1);
  sink.Write(kSummed, {"a", "b"}, 5);
  EXPECT_EQ(sink.Take().at(0).samples.at(0).value, 6);
  EXPECT_EQ(sink.duplicates(), 1U);
}

TEST(SampleSink, CountsDuplicatesOfOneRoundOnly) {
  SampleSink sink{Labels{}};
  sink.Write(kLocks, {"a", "b"}, 1);
  sink.Write(kLocks, {"a", "b"}, 1);
  sink.Take();
  sink.Write(kLocks, {"a", "b"}, 1);
  sink.Take();
  EXPECT_EQ(sink.duplicates(), 0U);
}

TEST(SampleSink, WritesAHistogramsSeriesInTheOrderOfAPage) {
  static constexpr std::string_view kState[] = {"state"};
  static constexpr FamilySpec kIdle{"idle_seconds", MetricType::kHistogram, "Idle.", kState};
  static constexpr double kBounds[] = {0.5, 30};
  static constexpr double kAtMost[] = {1, 3};
  SampleSink sink{Labels{}};
  const std::string_view state[] = {"idle"};
  sink.WriteHistogram(kIdle, state, {kBounds, kAtMost, 4, 99.5});
  const auto families = sink.Take();
  ASSERT_EQ(families.size(), 1U);
  EXPECT_EQ(families[0].name, "idle_seconds");
  EXPECT_EQ(families[0].type, MetricType::kHistogram);
  std::vector<std::string> lines;
  for (const Sample& sample : families[0].samples) {
    lines.push_back(fmt::format("{} {}", sample.series->text, sample.value));
  }
  EXPECT_THAT(lines, ElementsAre("idle_seconds_bucket{le=\"0.5\",state=\"idle\"} 1",
                                 "idle_seconds_bucket{le=\"30.0\",state=\"idle\"} 3",
                                 "idle_seconds_bucket{le=\"+Inf\",state=\"idle\"} 4",
                                 "idle_seconds_sum{state=\"idle\"} 99.5",
                                 "idle_seconds_count{state=\"idle\"} 4"));
  EXPECT_EQ(sink.duplicates(), 0U);
}

}  // namespace
}  // namespace hakem::collectors

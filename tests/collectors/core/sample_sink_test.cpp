#include "collectors/core/sample_sink.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/support/collection/page_text.h"

namespace hakem::collectors {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::string_view kLabels[] = {"mode", "datname"};
constexpr FamilySpec kLocks{"pg_locks_count", MetricType::kGauge, "Locks.", kLabels};
constexpr FamilySpec kSummed{"calls_total", MetricType::kCounter, "Calls.", kLabels,
                             OnDuplicate::kSum};

TEST(SampleSink, ReturnsFamiliesInTheOrderOfTheirFirstSample) {
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

TEST(SampleSink, EscapesLabelValuesThatAreNotUtf8) {
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

TEST(SampleSink, DropsASeriesThatIsNotWrittenAgain) {
  SampleSink sink{Labels{}};
  sink.Write(kLocks, {"a", "b"}, 1);
  sink.Take();
  EXPECT_THAT(sink.Take(), IsEmpty());
}

TEST(SampleSink, DiscardsTheSamplesOfAFailedRound) {
  SampleSink sink{Labels{}};
  sink.Write(kLocks, {"a", "b"}, 1);
  const auto first = sink.Take();
  sink.Write(kLocks, {"a", "b"}, 2);
  sink.Discard();
  sink.Write(kLocks, {"a", "b"}, 3);
  const auto third = sink.Take();
  ASSERT_EQ(third.at(0).samples.size(), 1U);
  EXPECT_EQ(third[0].samples[0].value, 3);
  EXPECT_EQ(third[0].samples[0].series, first.at(0).samples.at(0).series);
}

TEST(SampleSink, SeparatesLabelValuesWithTheSameConcatenation) {
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

TEST(SampleSink, SumsDuplicatesIfTheFamilySaysSo) {
  SampleSink sink{Labels{}};
  sink.Write(kSummed, {"a", "b"}, 1);
  sink.Write(kSummed, {"a", "b"}, 5);
  EXPECT_EQ(sink.Take().at(0).samples.at(0).value, 6);
  EXPECT_EQ(sink.duplicates(), 1U);
}

TEST(SampleSink, CountsDuplicatesPerRound) {
  SampleSink sink{Labels{}};
  sink.Write(kLocks, {"a", "b"}, 1);
  sink.Write(kLocks, {"a", "b"}, 1);
  sink.Take();
  sink.Write(kLocks, {"a", "b"}, 1);
  sink.Take();
  EXPECT_EQ(sink.duplicates(), 0U);
}

TEST(SampleSink, WritesTheSeriesOfAHistogramInPageOrder) {
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
    lines.push_back(fmt::format("{} {}", PageText(sample.series), sample.value));
  }
  EXPECT_THAT(lines, ElementsAre("idle_seconds_bucket{le=\"0.5\",state=\"idle\"} 1",
                                 "idle_seconds_bucket{le=\"30.0\",state=\"idle\"} 3",
                                 "idle_seconds_bucket{le=\"+Inf\",state=\"idle\"} 4",
                                 "idle_seconds_sum{state=\"idle\"} 99.5",
                                 "idle_seconds_count{state=\"idle\"} 4"));
  EXPECT_EQ(sink.duplicates(), 0U);
}

TEST(SampleSink, UsesTheSeriesOfItsMaker) {
  std::vector<std::string> asked;
  SampleSink sink(Labels{{"job", "hakem"}}, {}, [&](Labels labels) {
    asked.push_back(FormatSeries(labels));
    return std::make_shared<const Series>(std::move(labels));
  });
  for (int round = 0; round < 2; ++round) {
    sink.Write(kLocks, {"share", "hokm"}, 1);
    sink.Take();
  }
  EXPECT_THAT(asked, ElementsAre(R"(pg_locks_count{datname="hokm", job="hakem", mode="share"})"));
}

constexpr std::string_view kUser[] = {"datname", "usename"};
constexpr FamilySpec kCount{"sessions", MetricType::kGauge, "S.", kUser, OnDuplicate::kSum};
constexpr FamilySpec kAge{"age_seconds", MetricType::kGauge, "A.", kUser};
constexpr FamilySpec kCalls{"calls_total", MetricType::kCounter, "C.", kUser};

/// `name{labels} value` of each sample, in the order of the families.
std::vector<std::string> Lines(SampleSink& sink) {
  std::vector<std::string> lines;
  for (const MetricFamily& family : sink.Take()) {
    for (const Sample& sample : family.samples) {
      lines.push_back(FormatSeries(sample.series->labels) + " " +
                      std::to_string(static_cast<int>(sample.value)));
    }
  }
  return lines;
}

TEST(SeriesLimit, SumsWhatIsBeyondTheLimit) {
  SampleSink sink({}, {.series = 2});
  for (const std::string_view user : {"a", "b", "c", "d"}) {
    sink.Write(kCount, {"hokm", user}, 2);
    sink.Write(kAge, {"hokm", user}, 60);
  }
  EXPECT_THAT(Lines(sink), ElementsAre(R"(sessions{datname="hokm", usename="a"} 2)",
                                       R"(sessions{datname="other", usename="other"} 6)",
                                       R"(age_seconds{datname="hokm", usename="a"} 60)"));
  EXPECT_EQ(sink.overflow_rows(), 3U);
  EXPECT_EQ(sink.duplicates(), 0U);
}

TEST(SeriesLimit, PreservesTheKeptLabel) {
  SampleSink sink({}, {.series = 1, .kept_label = "datname"});
  sink.Write(kCount, {"hokm", "a"}, 1);
  sink.Write(kCount, {"hokm", "b"}, 1);
  EXPECT_THAT(Lines(sink), ElementsAre(R"(sessions{datname="hokm", usename="a"} 1)",
                                       R"(sessions{datname="hokm", usename="other"} 1)"));
}

TEST(SeriesLimit, KeepsItsChoiceAndGivesFreedPlacesToNewSeries) {
  SampleSink sink({}, {.series = 1});
  const auto round = [&](std::initializer_list<std::string_view> users) {
    for (const std::string_view user : users) {
      sink.Write(kCount, {"hokm", user}, 1);
    }
    return Lines(sink);
  };
  round({"a", "b"});
  EXPECT_THAT(round({"b", "a"}), ElementsAre(R"(sessions{datname="other", usename="other"} 1)",
                                             R"(sessions{datname="hokm", usename="a"} 1)"));
  EXPECT_THAT(round({}), IsEmpty());
  EXPECT_THAT(round({"c"}), ElementsAre(R"(sessions{datname="hokm", usename="c"} 1)"));
  EXPECT_EQ(sink.overflow_rows(), 0U);
}

TEST(SeriesLimit, KeepsOverflowCountersMonotonicWhenRowsVanishOrReset) {
  SampleSink sink({}, {.series = 1});
  const auto total = [&](std::initializer_list<std::pair<std::string_view, double>> calls) {
    sink.Write(kCalls, {"hokm", "first"}, 0);
    for (const auto& [user, count] : calls) {
      sink.Write(kCalls, {"hokm", user}, count);
    }
    return Lines(sink).at(1);
  };
  constexpr auto kOverflow = R"(calls_total{datname="other", usename="other"} )";
  EXPECT_EQ(total({{"a", 10}, {"b", 5}}), kOverflow + std::string("15"));
  EXPECT_EQ(total({{"a", 12}, {"b", 5}}), kOverflow + std::string("17"));
  EXPECT_EQ(total({{"b", 6}}), kOverflow + std::string("18"));            // a is gone.
  EXPECT_EQ(total({{"b", 1}, {"c", 3}}), kOverflow + std::string("19"));  // b was reset, c joined.
  EXPECT_EQ(total({{"b", 1}, {"c", 4}}), kOverflow + std::string("20"));
}

TEST(SeriesLimit, CountsARowThatWasMissingForOneRoundOnce) {
  SampleSink sink({}, {.series = 1});
  const auto total = [&](std::initializer_list<std::pair<std::string_view, double>> calls) {
    sink.Write(kCalls, {"hokm", "first"}, 0);
    for (const auto& [user, count] : calls) {
      sink.Write(kCalls, {"hokm", user}, count);
    }
    return Lines(sink);
  };
  total({{"a", 100}, {"b", 5}});
  total({{"b", 5}});
  total({});
  EXPECT_EQ(total({{"a", 101}, {"b", 7}}).at(1),
            R"(calls_total{datname="other", usename="other"} 105)");
}

TEST(SeriesLimit, GrowsByTheDifferenceOverAFailedRound) {
  SampleSink sink({}, {.series = 1});
  const auto write = [&](std::initializer_list<std::pair<std::string_view, double>> calls) {
    for (const auto& [user, count] : calls) {
      sink.Write(kCalls, {"hokm", user}, count);
    }
  };
  write({{"first", 1}, {"a", 100}, {"b", 50}});
  Lines(sink);
  write({{"b", 51}, {"b", 51}});
  sink.Discard();
  EXPECT_EQ(sink.overflow_rows(), 0U);
  EXPECT_EQ(sink.duplicates(), 0U);
  sink.Discard();
  write({{"b", 53}, {"a", 104}, {"first", 2}});
  EXPECT_THAT(Lines(sink), ElementsAre(R"(calls_total{datname="other", usename="other"} 157)",
                                       R"(calls_total{datname="hokm", usename="first"} 2)"));
}

TEST(SeriesLimit, StartsWithTheFullSumWhenTheFirstRoundFailed) {
  SampleSink sink({}, {.series = 0});
  sink.Write(kCalls, {"hokm", "a"}, 10);
  sink.Discard();
  sink.Write(kCalls, {"hokm", "a"}, 10);
  sink.Write(kCalls, {"hokm", "b"}, 5);
  EXPECT_THAT(Lines(sink), ElementsAre(R"(calls_total{datname="other", usename="other"} 15)"));
}

/// A sink that keeps one series, with a collector that writes a row `other` itself.
class OwnOverflowRow : public testing::Test {
 protected:
  std::vector<std::string> Round(std::initializer_list<std::pair<std::string_view, double>> calls) {
    for (const auto& [user, count] : calls) {
      sink_.Write(kCalls, {"hokm", user}, count);
    }
    return Lines(sink_);
  }

  static std::string Calls(std::string_view user, int count) {
    return fmt::format(R"(calls_total{{datname="hokm", usename="{}"}} {})", user, count);
  }

  SampleSink sink_{{}, {.series = 1, .kept_label = "datname"}};
};

TEST_F(OwnOverflowRow, ContainsWhatIsBeyondTheLimit) {
  EXPECT_THAT(Round({{"a", 1}, {"b", 10}, {"other", 100}}),
              ElementsAre(Calls("a", 1), Calls("other", 110)));
  EXPECT_THAT(Round({{"a", 1}, {"b", 12}, {"other", 105}}),
              ElementsAre(Calls("a", 1), Calls("other", 117)));
  EXPECT_THAT(Round({{"other", 106}, {"a", 1}, {"b", 12}}),
              ElementsAre(Calls("other", 118), Calls("a", 1)));
  EXPECT_THAT(Round({{"a", 1}, {"other", 106}}), ElementsAre(Calls("a", 1), Calls("other", 118)))
      << "a row that is gone leaves its value";
  EXPECT_EQ(sink_.duplicates(), 0U);
  EXPECT_EQ(sink_.overflow_rows(), 0U);
}

TEST_F(OwnOverflowRow, IsNeverBeyondTheLimit) {
  EXPECT_THAT(Round({{"a", 1}, {"other", 5}}), ElementsAre(Calls("a", 1), Calls("other", 5)));
  EXPECT_EQ(sink_.overflow_rows(), 0U);
}

TEST_F(OwnOverflowRow, AddsOnlyTheGrowthOfWhatJoinsIt) {
  Round({{"a", 1}, {"other", 100}});
  EXPECT_THAT(Round({{"a", 1}, {"b", 1000}, {"other", 101}}),
              ElementsAre(Calls("a", 1), Calls("other", 101)));
  EXPECT_THAT(Round({{"a", 1}, {"b", 1003}, {"other", 101}}),
              ElementsAre(Calls("a", 1), Calls("other", 104)));
}

TEST_F(OwnOverflowRow, CountsAsADuplicateWhenWrittenTwice) {
  EXPECT_THAT(Round({{"a", 1}, {"b", 10}, {"other", 100}, {"other", 100}}),
              ElementsAre(Calls("a", 1), Calls("other", 110)));
  EXPECT_EQ(sink_.duplicates(), 1U);
}

TEST_F(OwnOverflowRow, StartsAgainWhenItsFirstRoundFailed) {
  for (const auto& [user, count] : {std::pair("a", 1), {"other", 100}, {"b", 10}}) {
    sink_.Write(kCalls, {"hokm", user}, count);
  }
  sink_.Discard();
  EXPECT_THAT(Round({{"a", 1}, {"b", 11}, {"other", 101}}),
              ElementsAre(Calls("a", 1), Calls("other", 112)));
}

TEST(SeriesLimit, UsesTheFirstOfTwoCountersOfOneRow) {
  SampleSink sink({}, {.series = 0});
  for (const double count : {10, 12}) {
    sink.Write(kCalls, {"hokm", "a"}, count);
  }
  EXPECT_THAT(Lines(sink), ElementsAre(R"(calls_total{datname="other", usename="other"} 10)"));
  EXPECT_EQ(sink.duplicates(), 1U);
  sink.Write(kCalls, {"hokm", "a"}, 13);
  EXPECT_THAT(Lines(sink), ElementsAre(R"(calls_total{datname="other", usename="other"} 13)"));
}

TEST(SeriesLimit, SumsCountersOfOneRowIfTheFamilySaysSo) {
  SampleSink sink({}, {.series = 0});
  const auto round = [&](std::initializer_list<double> counts) {
    for (const double count : counts) {
      sink.Write(kSummed, {"a", "hokm"}, count);
    }
    return Lines(sink);
  };
  constexpr auto kOverflow = R"(calls_total{datname="other", mode="other"} )";
  EXPECT_THAT(round({10, 5}), ElementsAre(kOverflow + std::string("15")));
  EXPECT_EQ(sink.duplicates(), 1U);
  EXPECT_THAT(round({11, 7}), ElementsAre(kOverflow + std::string("18")));
}

constexpr std::string_view kState[] = {"state"};

constexpr FamilySpec kIdle{"idle_seconds", MetricType::kHistogram, "I.", kState};
constexpr double kOneSecond[] = {1};
constexpr double kTwo[] = {2};
constexpr HistogramValue kThree{.bounds = kOneSecond, .at_most = kTwo, .count = 3, .sum = 10};

TEST(SeriesLimit, SumsHistogramsByBucket) {
  SampleSink sink({}, {.series = 0});
  for (const std::string_view state : {"idle", "active"}) {
    sink.WriteHistogram(kIdle, std::span(&state, 1), kThree);
  }
  EXPECT_THAT(Lines(sink), ElementsAre(R"(idle_seconds_bucket{le="1.0", state="other"} 4)",
                                       R"(idle_seconds_bucket{le="+Inf", state="other"} 6)",
                                       R"(idle_seconds_sum{state="other"} 20)",
                                       R"(idle_seconds_count{state="other"} 6)"));
}

TEST(SeriesLimit, NeverSplitsAHistogram) {
  SampleSink sink({}, {.series = 2});
  for (int round = 0; round < 2; ++round) {
    for (const std::string_view state : {"idle", "active"}) {
      sink.WriteHistogram(kIdle, std::span(&state, 1), kThree);
    }
    EXPECT_THAT(Lines(sink), ElementsAre(R"(idle_seconds_bucket{le="1.0", state="idle"} 2)",
                                         R"(idle_seconds_bucket{le="+Inf", state="idle"} 3)",
                                         R"(idle_seconds_sum{state="idle"} 10)",
                                         R"(idle_seconds_count{state="idle"} 3)",
                                         R"(idle_seconds_bucket{le="1.0", state="other"} 2)",
                                         R"(idle_seconds_bucket{le="+Inf", state="other"} 3)",
                                         R"(idle_seconds_sum{state="other"} 10)",
                                         R"(idle_seconds_count{state="other"} 3)"));
    EXPECT_EQ(sink.overflow_rows(), 1U);
  }
}

TEST(SeriesLimit, DoesNotApplyToSeriesWithoutLabels) {
  constexpr FamilySpec kUp{"up", MetricType::kGauge, "U."};
  SampleSink sink({}, {.series = 0});
  sink.Write(kUp, {}, 1);
  EXPECT_THAT(Lines(sink), ElementsAre("up 1"));
}

}  // namespace
}  // namespace hakem::collectors

#include "promql/engine.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <memory>
#include <string>

#include "promql/parsing/parser.h"
#include "tests/support/matchers.h"
#include "tsdb/snapshot_queryable.h"

namespace hakem::promql {
namespace {

constexpr Timestamp kNow{std::chrono::hours(500000)};
constexpr const char* kTooManySamples =
    "query processing would load too many samples into memory in expression evaluation";

/// Evaluates queries on samples of one instant with the labels of a target.
class Engine : public testing::Test {
 protected:
  void Add(std::string name, std::vector<Label> labels, double value) {
    labels.push_back({std::string(kMetricNameLabel), name});
    snapshot_.families.push_back({std::move(name),
                                  MetricType::kGauge,
                                  "",
                                  {{std::make_shared<Series>(Labels(labels)), value}}});
  }

  Result<Evaluation> Evaluate(std::string_view query, Timestamp time = kNow) {
    snapshot_.time = kNow;
    const tsdb::SnapshotQueryable data(std::make_shared<Snapshot>(snapshot_), target_labels_);
    Result<ExprPtr> expr = Parse(query);
    return expr ? EvaluateInstant(**expr, data, time, options_) : Fail(expr.error());
  }

  /// At 1,000 seconds from now on.
  Result<Evaluation> EvaluateThousandSteps(std::string_view query) {
    snapshot_.time = kNow;
    const tsdb::SnapshotQueryable data(std::make_shared<Snapshot>(snapshot_), target_labels_);
    const StepRange range{kNow, kNow + std::chrono::seconds(999), std::chrono::seconds(1)};
    Result<ExprPtr> expr = Parse(query, Features::All());
    return expr ? EvaluateRange(**expr, data, range, options_) : Fail(expr.error());
  }

  /// Formats the vector as lines of `series value`.
  std::string Lines(std::string_view query, Timestamp time = kNow) {
    const Result<Evaluation> evaluation = Evaluate(query, time);
    if (!evaluation) {
      return evaluation.error().message;
    }
    std::string lines;
    for (const VectorElement& element : std::get<Vector>(evaluation->value)) {
      lines += fmt::format("{} {}\n", FormatSeries(element.labels), element.value);
    }
    return lines;
  }

  /// The number of series that the query has read.
  std::size_t SeriesRead(std::string_view query) {
    std::size_t read = 0;
    options_.series_read = &read;
    static_cast<void>(Evaluate(query));
    options_.series_read = nullptr;
    return read;
  }

  Snapshot snapshot_;
  Labels target_labels_;
  EngineOptions options_;
};

TEST_F(Engine, EvaluatesScalars) {
  const auto evaluation = Evaluate("-2 ^ 2 + 10 % 4");
  ASSERT_THAT(evaluation, IsOk());
  EXPECT_EQ(std::get<Scalar>(evaluation->value).value, -2);
}

TEST_F(Engine, SelectsByAllMatchers) {
  Add("up", {{"job", "a"}}, 1);
  Add("up", {{"job", "b"}, {"x", "1"}}, 0);
  EXPECT_EQ(Lines("up{job=~\"a|b\",x=\"\"}"), "up{job=\"a\"} 1\n");
  EXPECT_EQ(Lines("up{job!~\"a.*\",job!=\"c\"}"), "up{job=\"b\", x=\"1\"} 0\n");
}

TEST_F(Engine, SelectsOnlySamplesWithinTheLookback) {
  Add("up", {}, 1);
  using std::chrono::minutes;
  EXPECT_EQ(Lines("up", kNow + minutes(5) - Duration{1}), "up 1\n");
  EXPECT_EQ(Lines("up", kNow + minutes(5)), "");
  EXPECT_EQ(Lines("up", kNow - Duration{1}), "");
}

TEST_F(Engine, ComparesWithAThresholdOfTheSameInstance) {
  target_labels_ = {{"job", "hokm"}, {"instance", "db:9187"}};
  Add("game_active_games", {}, 250);
  Add("hakem_threshold", {{"name", "max_active_games"}}, 200);
  EXPECT_EQ(Lines("game_active_games > on (job, instance) group_left () "
                  "hakem_threshold{name=\"max_active_games\"}"),
            "game_active_games{instance=\"db:9187\", job=\"hokm\"} 250\n");
}

TEST_F(Engine, KeepsTheVectorsValueWhenTheScalarIsOnTheLeft) {
  Add("x", {{"a", "1"}}, 3);
  EXPECT_EQ(Lines("2 < x"), "x{a=\"1\"} 3\n");
  EXPECT_EQ(Lines("2 < bool x"), "{a=\"1\"} 1\n");
}

TEST_F(Engine, CopiesIncludedLabelsFromTheOneSide) {
  Add("many", {{"i", "1"}, {"m", "x"}}, 6);
  Add("many", {{"i", "1"}, {"m", "y"}}, 8);
  Add("one", {{"i", "1"}, {"role", "r"}}, 2);
  EXPECT_EQ(Lines("many / on (i) group_left (role) one"),
            "{i=\"1\", m=\"x\", role=\"r\"} 3\n{i=\"1\", m=\"y\", role=\"r\"} 4\n");
  EXPECT_EQ(Lines("one / on (i) group_right () many{m=\"x\"}"),
            "{i=\"1\", m=\"x\"} 0.3333333333333333\n");
}

TEST_F(Engine, RejectsManyToManyMatching) {
  Add("a", {{"x", "1"}}, 1);
  Add("b", {{"x", "1"}}, 2);
  Add("b", {{"x", "2"}}, 3);
  EXPECT_EQ(Lines("a + on () b"),
            "found duplicate series for the match group {} on the right hand-side of the "
            "operation: [{__name__=\"b\", x=\"1\"}, {__name__=\"b\", x=\"2\"}];many-to-many "
            "matching not allowed: matching labels must be unique on one side");
  EXPECT_EQ(Lines("b > on () a"),
            "multiple matches for labels: many-to-one matching must be explicit "
            "(group_left/group_right)");
  EXPECT_EQ(Lines("b + on () group_left (x) a"),
            "multiple matches for labels: grouping labels must ensure unique matches");
}

TEST_F(Engine, RejectsTwoElementsWithTheSameLabels) {
  Add("a", {}, 1);
  Add("b", {}, 2);
  EXPECT_EQ(Lines("-{__name__=~\"a|b\"}"), "vector cannot contain metrics with the same labelset");
}

TEST_F(Engine, RejectsElementsThatDifferOnlyInTheirType) {
  Add("a", {{"__type__", "gauge"}}, 1);
  Add("a", {{"__type__", "counter"}}, 2);
  EXPECT_EQ(Lines("abs(a)"), "vector cannot contain metrics with the same labelset");
}

TEST_F(Engine, CombinesSets) {
  Add("a", {{"x", "1"}}, 1);
  Add("a", {{"x", "2"}}, 2);
  Add("b", {{"x", "2"}}, 3);
  Add("b", {{"x", "3"}}, 4);
  EXPECT_EQ(Lines("a and b"), "a{x=\"2\"} 2\n");
  EXPECT_EQ(Lines("a unless b"), "a{x=\"1\"} 1\n");
  EXPECT_EQ(Lines("a or b"), "a{x=\"1\"} 1\na{x=\"2\"} 2\nb{x=\"3\"} 4\n");
  EXPECT_EQ(Lines("a and on () vector(1)"), "a{x=\"1\"} 1\na{x=\"2\"} 2\n");
}

TEST_F(Engine, StopsAtTooManySamples) {
  Add("a", {{"x", "1"}}, 1);
  Add("a", {{"x", "2"}}, 2);
  options_.max_samples = 1;
  EXPECT_EQ(Lines("a"), kTooManySamples);
}

TEST_F(Engine, RejectsASubqueryOfTooManySteps) {
  EXPECT_EQ(Lines("count_over_time(vector(1)[10000d:1ms])"), kTooManySamples);
}

/// Each row has one point; rows with all steps would have 1,000 x 1,000 values.
TEST_F(Engine, CountsValuesThatDifferAtEachStep) {
  options_.max_samples = 10'000;
  const auto evaluation = EvaluateThousandSteps("count_values('seconds', timestamp(vector(1)))");
  ASSERT_THAT(evaluation, IsOk());
  const auto& matrix = std::get<Matrix>(evaluation->value);
  ASSERT_EQ(matrix.size(), 1000U);
  EXPECT_EQ(matrix[7].labels, Labels({{"seconds", "1800000007"}}));
  ASSERT_EQ(matrix[7].points.size(), 1U);
  EXPECT_EQ(matrix[7].points[0].time, kNow + std::chrono::seconds(7));
  EXPECT_EQ(matrix[7].points[0].value, 1);
}

/// Each row has one value, but takes memory for 1,000 steps.
TEST_F(Engine, RejectsTooManySamplesFromQuantilesThatDifferAtEachStep) {
  Add("h_bucket", {{"le", "1"}}, 1);
  Add("h_bucket", {{"le", "+Inf"}}, 2);
  options_.max_samples = 10'000;
  EXPECT_THAT(EvaluateThousandSteps("histogram_quantiles(h_bucket, 'q', 1 / time(), 0.5)"),
              HasMessage(kTooManySamples));
}

TEST_F(Engine, FillsNoMoreSeriesThanTheLimitOfSamplesAllows) {
  for (const char* x : {"1", "2", "3"}) {
    Add("a", {{"x", x}}, 1);
    Add("b", {{"y", x}}, 2);
  }
  options_.max_samples = 5'000;
  EXPECT_THAT(EvaluateThousandSteps("a + fill(0) b"), HasMessage(kTooManySamples));
  EXPECT_THAT(EvaluateThousandSteps("a + fill(0) a"), IsOk());
}

TEST_F(Engine, CountsSamplesOnlyWhenAsked) {
  Add("a", {}, 1);
  const auto evaluation = Evaluate("a");
  ASSERT_THAT(evaluation, IsOk());
  EXPECT_THAT(evaluation->samples.per_step, testing::IsEmpty());
  EXPECT_EQ(evaluation->samples.peak, 1U);
}

struct CountCase {
  const char* name;
  const char* query;
  std::uint64_t samples;
  std::size_t peak;
};

class SampleCount : public Engine, public testing::WithParamInterface<CountCase> {};

/// There are three series of `a` and one of `b`, each with a sample that is 30 s old.
TEST_P(SampleCount, IsTheSameAsInPrometheus) {
  for (const char* x : {"1", "2", "3"}) {
    Add("a", {{"x", x}}, 1);
  }
  Add("b", {{"x", "1"}}, 2);
  options_.counts_samples = true;
  const auto evaluation = Evaluate(GetParam().query, kNow + std::chrono::seconds(30));
  ASSERT_THAT(evaluation, IsOk());
  EXPECT_EQ(evaluation->samples.Total(), GetParam().samples);
  EXPECT_EQ(evaluation->samples.peak, GetParam().peak);
}

// Prometheus 3.5 returned these with `stats=all`.
INSTANTIATE_TEST_SUITE_P(
    Queries, SampleCount,
    testing::Values(CountCase{"Number", "1", 0, 1}, CountCase{"Selector", "a", 3, 3},
                    CountCase{"Range", "a[5m]", 3, 3}, CountCase{"Function", "abs(a)", 3, 9},
                    CountCase{"Window", "last_over_time(a[5m])", 3, 4},
                    CountCase{"Sum", "sum(a)", 3, 3}, CountCase{"Matching", "a + b", 4, 9},
                    CountCase{"Fixed", "sum(a @ 1800000000) + sum(b)", 4, 5},
                    CountCase{"Labels", "label_replace(a, 'y', 'z', 'x', '1')", 3, 3},
                    CountCase{"SubqueryAlone", "last_over_time(a[5m])[1m:15s]", 9, 10},
                    CountCase{"SubqueryWithin", "sum_over_time(a[1m:10s])", 12, 19}),
    [](const auto& tested) { return tested.param.name; });

TEST_F(Engine, CountsSamplesOfEachStep) {
  Add("a", {{"x", "1"}}, 1);
  Add("a", {{"x", "2"}}, 1);
  options_.counts_samples = true;
  const auto evaluation = EvaluateThousandSteps("sum_over_time(a[1s]) or a");
  ASSERT_THAT(evaluation, IsOk());
  const auto& per_step = evaluation->samples.per_step;
  ASSERT_EQ(per_step.size(), 1000U);
  EXPECT_EQ(per_step[0].time, kNow);
  EXPECT_EQ(per_step[0].samples, 4U);
  EXPECT_EQ(per_step[1].samples, 2U);
  EXPECT_EQ(per_step[299].samples, 2U);
  EXPECT_EQ(per_step[300].samples, 0U);
  EXPECT_EQ(per_step[999].time, kNow + std::chrono::seconds(999));
}

/// Selecting checks only once for so many series, so processing them must check too.
TEST_F(Engine, ChecksForCancellationWhileItProcessesSelectedSeries) {
  for (int i = 0; i < 640; ++i) {
    Add("h_bucket", {{"le", "+Inf"}, {"x", std::to_string(i)}}, 1);
  }
  int looks = 0;
  options_.cancelled = [&] { return ++looks < 0; };
  const auto looks_of = [&](std::string_view query) {
    looks = 0;
    EXPECT_THAT(Evaluate(query), IsOk());
    return looks;
  };
  EXPECT_EQ(looks_of("h_bucket"), 11);
  EXPECT_GE(looks_of("histogram_quantile(0.5, h_bucket)"), 20);
  EXPECT_GE(looks_of("h_bucket and h_bucket"), 30);
  EXPECT_GE(looks_of("h_bucket + h_bucket"), 40);
}

TEST_F(Engine, StopsWhenCancelled) {
  options_.cancelled = [] { return true; };
  EXPECT_THAT(Evaluate("1"), HasMessage("query was canceled in expression evaluation"));
}

TEST_F(Engine, CountsTheSeriesThatSelectorsFind) {
  Add("a", {{"n", "1"}}, 1);
  Add("a", {{"n", "2"}}, 2);
  Add("b", {{"n", "1"}}, 1);
  EXPECT_EQ(SeriesRead("1"), 0U);
  EXPECT_EQ(SeriesRead("a"), 2U);
  EXPECT_EQ(SeriesRead("sum(a) + on () sum(b) + on () a{n=\"2\"}"), 4U);
  EXPECT_EQ(SeriesRead("max_over_time(a[1m])"), 2U);
  EXPECT_EQ(SeriesRead("max_over_time(a[2m:1m])"), 2U);
  EXPECT_EQ(SeriesRead("timestamp(a)"), 2U);
  EXPECT_EQ(SeriesRead("none"), 0U);
  EXPECT_EQ(SeriesRead("b + on () a"), 3U) << "also if the query fails";
}

}  // namespace
}  // namespace hakem::promql

#include "rules/evaluation/rule_inputs.h"

#include <gmock/gmock.h>

#include <string>
#include <string_view>
#include <vector>

#include "promql/parsing/parser.h"
#include "tests/support/matchers.h"
#include "tsdb/store/store.h"

namespace hakem::rules {
namespace {

using std::chrono::minutes;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

std::vector<std::string> MetricsOf(std::string_view query) {
  const auto expr = promql::Parse(query);
  EXPECT_THAT(expr, IsOk()) << query;
  return InputMetrics(**expr);
}

TEST(InputMetrics, AreFoundInAllPartsOfAnExpression) {
  EXPECT_THAT(MetricsOf("-(sum by (a) (rate(b_total[5m])) / on (a) (c > bool 1))"),
              ElementsAre("b_total", "c"));
  EXPECT_THAT(MetricsOf("max_over_time(d[1h:1m]) and topk(scalar(e), f) unless {__name__=\"g\"}"),
              ElementsAre("d", "e", "f", "g"));
  EXPECT_THAT(MetricsOf("c{x=\"1\"} + c{x=\"2\"}"), ElementsAre("c"));
}

TEST(InputMetrics, LeaveOutWhatMayBeAbsentAndWhatHasNoName) {
  EXPECT_THAT(MetricsOf("absent(a) or absent_over_time(b[5m]) or ALERTS or ALERTS_FOR_STATE"),
              IsEmpty());
  EXPECT_THAT(MetricsOf("{job=\"x\"} or {__name__=~\"a|b\"} or vector(1)"), IsEmpty());
}

TEST(RuleInputs, AreMissingFromTheEndOfTheLookbackOn) {
  const auto groups = ParseRuleFile(
      "groups: [{name: g, rules: [{alert: A, expr: a > b}, {record: c, expr: b}]}]", "a.yml");
  ASSERT_THAT(groups, IsOk());
  const RuleInputs inputs(groups->front().rules);
  tsdb::Store store;
  const Timestamp start{std::chrono::hours(1000)};
  const auto sample = [](std::string name) {
    return Sample{std::make_shared<const Series>(Labels{{"__name__", std::move(name)}}), 1};
  };
  store.Append(start, std::vector<Sample>{sample("a"), sample("b")});
  store.Append(start + minutes(3), std::vector<Sample>{sample("b")});
  EXPECT_THAT(inputs.FindMissing(store, start + minutes(4)),
              ElementsAre(Pair("A", false), Pair("c", false)));
  EXPECT_THAT(inputs.FindMissing(store, start + minutes(5)),
              ElementsAre(Pair("A", true), Pair("c", false)));
  EXPECT_THAT(inputs.FindMissing(store, start + minutes(8)),
              ElementsAre(Pair("A", true), Pair("c", true)));
}

}  // namespace
}  // namespace hakem::rules

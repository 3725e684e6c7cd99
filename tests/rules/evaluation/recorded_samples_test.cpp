#include "rules/evaluation/recorded_samples.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <string>

#include "tests/support/collection/snapshots.h"
#include "tests/support/matchers.h"
#include "tsdb/snapshot_queryable.h"

namespace hakem::rules {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr Timestamp kNow{std::chrono::sys_days(std::chrono::year(2026) / 1 / 1)};

/// What a recording rule of these lines records of a snapshot of two games, as `name{…} value`.
Result<std::vector<std::string>> Record(std::string_view rule, std::string_view group = "") {
  const auto groups = ParseRuleFile("groups: [{name: g, " + std::string(group) +
                                        "rules: [{record: 'a:b', " + std::string(rule) + "}]}]",
                                    "a.yml");
  if (!groups) {
    return Fail(groups.error());
  }
  const tsdb::SnapshotQueryable samples(
      MakeSnapshot(kNow, {{Labels{{"__name__", "games"}, {"game", "hokm"}}, 250},
                          {Labels{{"__name__", "games"}, {"game", "shelem"}}, 20}}),
      Labels{{"job", "hakem"}});
  return RecordedSamples(std::get<RecordingRule>(groups->front().rules.front()), samples, kNow)
      .transform([](const std::vector<RuleSample>& recorded) {
        std::vector<std::string> texts;
        for (const RuleSample& sample : recorded) {
          texts.push_back(fmt::format("{} {}", FormatSeries(sample.labels), sample.value));
        }
        return texts;
      });
}

TEST(RecordedSamples, HaveTheNameOfTheRuleAndTheLabelsOfTheResult) {
  EXPECT_THAT(Record("expr: games"),
              IsOkAndHolds(ElementsAre("a:b{game=\"hokm\", job=\"hakem\"} 250",
                                       "a:b{game=\"shelem\", job=\"hakem\"} 20")));
  EXPECT_THAT(Record("expr: sum(games)"), IsOkAndHolds(ElementsAre("a:b 270")));
  EXPECT_THAT(Record("expr: nothing"), IsOkAndHolds(IsEmpty()));
}

TEST(RecordedSamples, HaveTheLabelsOfTheRule) {
  EXPECT_THAT(Record("expr: 'games{game=\"hokm\"}', labels: {job: '', severity: '{{ x }}'}"),
              IsOkAndHolds(ElementsAre("a:b{game=\"hokm\", severity=\"{{ x }}\"} 250")))
      << "templates are for alerts only; an empty value removes a label";
}

TEST(RecordedSamples, HaveTheLabelsOfTheGroupUnlessTheRuleSetsThem) {
  EXPECT_THAT(Record("expr: sum(games), labels: {a: rule}", "labels: {a: group, b: group}, "),
              IsOkAndHolds(ElementsAre("a:b{a=\"rule\", b=\"group\"} 270")));
}

TEST(RecordedSamples, AreOneForAScalar) {
  EXPECT_THAT(Record("expr: '7'"), IsOkAndHolds(ElementsAre("a:b 7")));
}

TEST(RecordedSamples, CannotHaveTheSameLabels) {
  EXPECT_THAT(Record("expr: games, labels: {game: all}"),
              HasMessage("vector contains metrics with the same labelset after applying rule "
                         "labels: a:b{game=\"all\", job=\"hakem\"}"));
}

TEST(RecordedSamples, AreNotMoreThanTheLimit) {
  EXPECT_THAT(Record("expr: games", "limit: 2, "), IsOk());
  EXPECT_THAT(Record("expr: games", "limit: 1, "), HasMessage("exceeded limit of 1 with 2 series"));
}

TEST(RecordedSamples, ReportTheErrorOfTheEngine) {
  EXPECT_THAT(Record("expr: games + on (job) games"),
              HasMessage(HasSubstr("many-to-many matching not allowed")));
  EXPECT_THAT(Record("expr: '\"text\"'"), HasMessage("rule result is not a vector or scalar"));
}

}  // namespace
}  // namespace hakem::rules

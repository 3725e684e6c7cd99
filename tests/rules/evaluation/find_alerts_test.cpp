#include "rules/evaluation/find_alerts.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/support/collection/snapshots.h"
#include "tests/support/matchers.h"
#include "tsdb/snapshot_queryable.h"
#include "tsdb/store/store.h"

namespace hakem::rules {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr Timestamp kNow{std::chrono::sys_days(std::chrono::year(2026) / 1 / 1)};

constexpr std::string_view kExternalUrl = "https://hakem.example";

/// What a rule of these lines finds in a snapshot of two games.
Result<std::vector<AlertSample>> Find(std::string_view rule, promql::Features features = {}) {
  const auto groups = ParseRuleFile(
      "groups: [{name: g, rules: [{alert: Busy, " + std::string(rule) + "}]}]", "a.yml", features);
  if (!groups) {
    return Fail(groups.error());
  }
  const tsdb::SnapshotQueryable samples(
      MakeSnapshot(kNow, {{Labels{{"__name__", "games"}, {"game", "hokm"}}, 250},
                          {Labels{{"__name__", "games"}, {"game", "shelem"}}, 20}}),
      Labels{{"job", "hakem"}, {"instance", "a:9187"}});
  return FindAlerts(std::get<AlertRule>(groups->front().rules.front()), samples,
                    {.time = kNow,
                     .external_labels = Labels{{"cluster", "c1"}},
                     .external_url = std::string(kExternalUrl)});
}

TEST(AlertSamples, AreTheElementsOfTheResult) {
  const auto found = Find("expr: games > 200");
  ASSERT_THAT(found, IsOkAndHolds(SizeIs(1)));
  EXPECT_EQ(
      found->front().labels,
      (Labels{{"alertname", "Busy"}, {"game", "hokm"}, {"instance", "a:9187"}, {"job", "hakem"}}));
  EXPECT_EQ(found->front().value, 250);
  EXPECT_THAT(Find("expr: games > 1000"), IsOkAndHolds(IsEmpty()));
}

TEST(AlertSamples, MayUseAnExperimentalFunctionWhenItIsEnabled) {
  constexpr std::string_view kRule = "expr: 'sum by (__name__) (-limitk(1, games))'";
  EXPECT_THAT(Find(kRule), HasMessage(HasSubstr("limitk() is experimental")));
  const auto found = Find(kRule, promql::Features::All());
  ASSERT_THAT(found, IsOkAndHolds(SizeIs(1)));
  EXPECT_EQ(found->front().value, -250);
}

TEST(AlertSamples, OverrideLabelsOfTheElementByThoseOfTheRule) {
  const auto found = Find(
      "expr: games > 200, labels: {game: 'of {{ $labels.instance }}', severity: page, job: '', "
      "alertname: Other}");
  ASSERT_THAT(found, IsOkAndHolds(SizeIs(1)));
  EXPECT_EQ(found->front().labels, (Labels{{"alertname", "Busy"},
                                           {"game", "of a:9187"},
                                           {"instance", "a:9187"},
                                           {"severity", "page"}}));
}

TEST(AlertSamples, ExpandAnnotationsWithTheElementsLabels) {
  const auto found = Find(
      "expr: games > 200, labels: {game: other}, annotations: {summary: "
      "'{{ $labels.__name__ }} of {{ $labels.game }}: {{ $value }}{{ $labels.missing }}'}");
  ASSERT_THAT(found, IsOkAndHolds(SizeIs(1)));
  EXPECT_EQ(found->front().annotations, (Annotations{{"summary", "games of hokm: 250"}}));
}

TEST(AlertSamples, ExpandAnnotationsWithExternalLabelsUrlAndTime) {
  const auto found = Find(
      "expr: games > 200, annotations: {where: '{{ $externalLabels.cluster }} {{ $externalURL }}/x "
      "{{ externalURL }}', when: '{{ now | humanizeTimestamp }}'}");
  ASSERT_THAT(found, IsOkAndHolds(SizeIs(1)));
  EXPECT_EQ(found->front().annotations,
            (Annotations{{"when", "2026-01-01 00:00:00 +0000 UTC"},
                         {"where", "c1 https://hakem.example/x https://hakem.example"}}));
  EXPECT_FALSE(found->front().labels.Has("cluster"));
}

TEST(AlertSamples, ExpandAnnotationsWithTheResultOfAQuery) {
  const auto found = Find(
      "expr: games > 200, annotations: {other: "
      "'{{ query \"games{game=\\\"shelem\\\"}\" | first | value }}'}");
  ASSERT_THAT(found, IsOkAndHolds(SizeIs(1)));
  EXPECT_EQ(found->front().annotations, (Annotations{{"other", "20"}}));
}

TEST(AlertSamples, HaveAnErrorInPlaceOfATextThatCannotBeExpanded) {
  const auto found = Find("expr: games > 200, annotations: {s: '{{ query \"up(\" }}'}");
  ASSERT_THAT(found, IsOkAndHolds(SizeIs(1)));
  EXPECT_THAT(found->front().annotations.at("s"),
              HasSubstr("<error expanding template: error executing template __alert_Busy: "));
}

TEST(AlertSamples, AreOneForAScalar) {
  const auto found = Find("expr: '7'");
  ASSERT_THAT(found, IsOkAndHolds(SizeIs(1)));
  EXPECT_EQ(found->front().labels, (Labels{{"alertname", "Busy"}}));
  EXPECT_EQ(found->front().value, 7);
}

/// What a rule finds that has an alert with an annotation of a MiB for each of so many games.
Result<std::vector<AlertSample>> FindLarge(int games) {
  const auto groups = ParseRuleFile(
      fmt::format("groups: [{{name: g, rules: [{{alert: Busy, expr: games, annotations: {{a: {}}}}}"
                  "]}}]",
                  std::string(1U << 20U, 'x')),
      "a.yml");
  if (!groups) {
    return Fail(groups.error());
  }
  std::vector<Sample> samples;
  for (int i = 0; i < games; ++i) {
    samples.push_back(
        {std::make_shared<const Series>(Labels{{"__name__", "games"}, {"game", std::to_string(i)}}),
         1});
  }
  tsdb::Store store;
  store.Append(kNow, samples);
  const std::string url;
  return FindAlerts(std::get<AlertRule>(groups->front().rules.front()), store,
                    {.time = kNow, .external_labels = Labels{}, .external_url = url});
}

TEST(AlertSamples, HaveALimitedSize) {
  EXPECT_THAT(FindLarge(10), IsOkAndHolds(SizeIs(10)));
  EXPECT_THAT(FindLarge(70),
              HasMessage("the labels and annotations of its alerts have more than 64 MiB"));
}

TEST(AlertSamples, ReportTheErrorOfTheEngine) {
  const auto found = Find("expr: games + on (job) games");
  ASSERT_FALSE(found.has_value());
  EXPECT_THAT(found.error().message, testing::HasSubstr("many-to-many matching not allowed"));
}

}  // namespace
}  // namespace hakem::rules

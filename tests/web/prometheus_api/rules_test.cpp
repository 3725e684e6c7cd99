#include "web/prometheus_api/rules.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "tests/web/rules_fixture.h"

namespace hakem::web {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kFiring =
    R"({"labels":{"alertname":"ManyActiveGames","game":"hokm","severity":"warning"},)"
    R"("annotations":{"summary":"hokm has 250 active games"},)"
    R"("state":"firing","activeAt":"2026-01-01T00:00:10Z","value":"2.5e+02"})";
constexpr std::string_view kPending =
    R"({"labels":{"alertname":"ManyActiveGames","game":"shelem","severity":"warning"},)"
    R"("annotations":{"summary":"shelem has 250 active games"},)"
    R"("state":"pending","activeAt":"2026-01-01T00:00:10Z","value":"2.5e+02"})";

std::string Rules(std::string query) {
  const rules::RulesStatus status = SampleRules();
  return *RulesResponse(&status, {.method = "GET", .query = std::move(query)}).body;
}

std::string AlertWithValue(double value) {
  rules::RulesStatus status = SampleRules();
  status.groups[0].rules[0].alerts.resize(1);
  status.groups[0].rules[0].alerts[0].value = value;
  const std::string json = *AlertsResponse(&status).body;
  const auto begin = json.find(R"("value":)") + 9;
  return json.substr(begin, json.find('"', begin) - begin);
}

TEST(AlertsResponse, IsPrometheusJson) {
  const rules::RulesStatus status = SampleRules();
  EXPECT_EQ(*AlertsResponse(&status).body, std::string(R"({"status":"success","data":{"alerts":[)")
                                               .append(kFiring)
                                               .append(",")
                                               .append(kPending)
                                               .append("]}}"));
}

TEST(AlertsResponse, IsEmptyBeforeTheFirstEvaluation) {
  EXPECT_EQ(*AlertsResponse(nullptr).body, R"({"status":"success","data":{"alerts":[]}})");
}

TEST(AlertsResponse, TellsSinceWhenAnAlertIsKeptFiring) {
  rules::RulesStatus status = SampleRules();
  status.groups[0].rules[0].alerts[0].keep_firing_since = At(50);
  EXPECT_THAT(
      *AlertsResponse(&status).body,
      HasSubstr(R"("activeAt":"2026-01-01T00:00:10Z","keepFiringSince":"2026-01-01T00:00:50Z",)"));
}

TEST(AlertsResponse, WritesValuesWithAnExponent) {
  EXPECT_EQ(AlertWithValue(1), "1e+00");
  EXPECT_EQ(AlertWithValue(0.1), "1e-01");
  EXPECT_EQ(AlertWithValue(-1234.5), "-1.2345e+03");
  EXPECT_EQ(AlertWithValue(std::nan("")), "NaN");
  EXPECT_EQ(AlertWithValue(std::numeric_limits<double>::infinity()), "+Inf");
}

TEST(AlertsResponse, ReplacesBytesThatAreNoText) {
  rules::RulesStatus status = SampleRules();
  status.groups[0].rules[0].alerts[0].annotations["summary"] = "\xff";
  EXPECT_THAT(*AlertsResponse(&status).body, HasSubstr("\"summary\":\"\uFFFD\""));
}

TEST(RulesResponse, IsPrometheusJson) {
  const std::string expected =
      std::string(
          R"({"status":"success","data":{"groups":[{"name":"gaming","file":"rules/gaming.yml",)"
          R"("rules":[{"state":"firing","name":"ManyActiveGames",)"
          R"("query":"game_active_games > 200","duration":30,"keepFiringFor":0,)"
          R"("labels":{"severity":"warning"},)"
          R"("annotations":{"summary":"{{ $labels.game }} has {{ $value }} active games"},)"
          R"("alerts":[)")
          .append(kFiring)
          .append(",")
          .append(kPending)
          .append(R"(],"health":"ok","evaluationTime":0.00025,)"
                  R"("lastEvaluation":"2026-01-01T00:01:00Z","type":"alerting"},)"
                  R"({"state":"inactive","name":"LowActivity",)"
                  R"("query":"game_moves_per_minute < 10","duration":300,"keepFiringFor":0,)"
                  R"("labels":{},"annotations":{},"alerts":[],"health":"err",)"
                  R"("lastError":"no such thing","evaluationTime":0,)"
                  R"("lastEvaluation":"2026-01-01T00:01:00Z","type":"alerting"}],)"
                  R"("interval":5,"limit":0,"evaluationTime":0.001,)"
                  R"("lastEvaluation":"2026-01-01T00:01:00Z"},)"
                  R"({"name":"later","file":"rules/later.yml","rules":[{"state":"unknown",)"
                  R"("name":"Unknown","query":"game_moves_per_minute < 10","duration":300,)"
                  R"("keepFiringFor":0,"labels":{},"annotations":{},"alerts":[],)"
                  R"("health":"unknown","evaluationTime":0,)"
                  R"("lastEvaluation":"0001-01-01T00:00:00Z","type":"alerting"}],)"
                  R"("interval":1.5,"limit":3,"evaluationTime":0,)"
                  R"("lastEvaluation":"0001-01-01T00:00:00Z"}]}})");
  EXPECT_EQ(Rules(""), expected);
}

TEST(RulesResponse, HasNoGroupsBeforeTheRulesAreLoaded) {
  EXPECT_EQ(*RulesResponse(nullptr, {}).body, R"({"status":"success","data":{"groups":[]}})");
}

TEST(RulesResponse, LeavesOutWhatIsNotAskedFor) {
  EXPECT_THAT(Rules("type=alert"), HasSubstr(R"("name":"ManyActiveGames")"));
  EXPECT_EQ(Rules("type=record"), R"({"status":"success","data":{"groups":[]}})");
  EXPECT_EQ(Rules("rule_group[]=nobody"), R"({"status":"success","data":{"groups":[]}})");
  EXPECT_THAT(Rules("file[]=rules/later.yml"), Not(HasSubstr(R"("name":"gaming")")));
  const std::string one_rule = Rules("rule_name%5B%5D=LowActivity");
  EXPECT_THAT(one_rule, HasSubstr(R"("name":"LowActivity")"));
  EXPECT_THAT(one_rule, Not(HasSubstr(R"("name":"ManyActiveGames")")));
  EXPECT_THAT(one_rule, Not(HasSubstr(R"("name":"later")")));
}

TEST(RulesResponse, LeavesOutAlertsOnRequest) {
  EXPECT_THAT(Rules("exclude_alerts=true"), HasSubstr(R"("alerts":null)"));
  EXPECT_THAT(Rules("exclude_alerts=true"), Not(HasSubstr("hokm has")));
}

TEST(RulesResponse, RefusesAValueItDoesNotKnow) {
  const Response response = RulesResponse(nullptr, {.query = "type=alerts"});
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(*response.body,
            R"({"status":"error","errorType":"bad_data",)"
            R"("error":"invalid parameter \"type\": not supported value \"alerts\""})");
}

}  // namespace
}  // namespace hakem::web

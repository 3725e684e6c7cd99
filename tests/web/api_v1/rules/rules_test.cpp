#include "web/api_v1/rules/rules.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <memory>
#include <utility>

#include "tests/web/rules_fixture.h"
#include "web/api_v1/rules/rules_filter.h"

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

constexpr std::string_view kNoGroups = R"({"status":"success","data":{"groups":[]}})";

std::string Rules(std::string query) {
  const rules::RulesStatus status = SampleRules();
  return *RulesResponse(&status, {.method = "GET", .query = std::move(query)}).body;
}

std::string AlertWithValue(double value) {
  rules::RulesStatus status = SampleRules();
  Edit(status, 0).rules[0].alerts.resize(1);
  Edit(status, 0).rules[0].alerts[0].value = value;
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

TEST(AlertsResponse, WritesSinceWhenAnAlertIsKeptFiring) {
  rules::RulesStatus status = SampleRules();
  Edit(status, 0).rules[0].alerts[0].keep_firing_since = At(50);
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

TEST(AlertsResponse, ReplacesBytesThatAreNotUtf8) {
  rules::RulesStatus status = SampleRules();
  Edit(status, 0).rules[0].alerts[0].annotations["summary"] = "\xff";
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
                  R"({"name":"later","file":"rules/later.yml","rules":[{"state":"inactive",)"
                  R"("name":"Unknown","query":"game_moves_per_minute < 10","duration":300,)"
                  R"("keepFiringFor":0,"labels":{},"annotations":{},"alerts":[],)"
                  R"("health":"unknown","evaluationTime":0,)"
                  R"("lastEvaluation":"0001-01-01T00:00:00Z","type":"alerting"}],)"
                  R"("interval":1.5,"limit":3,"evaluationTime":0,)"
                  R"("lastEvaluation":"0001-01-01T00:00:00Z"}]}})");
  EXPECT_EQ(Rules(""), expected);
}

TEST(RulesResponse, ListsRecordingRules) {
  rules::RulesStatus status = SampleRules();
  status.groups.resize(1);
  Edit(status, 0).rules = {{.kind = rules::RuleKind::kRecording,
                            .name = "game:games:sum",
                            .query = "sum(games)",
                            .policy = {},
                            .labels = {{"unit", "games"}},
                            .annotations = {},
                            .alerts = {},
                            .health = rules::RuleHealth::kOk,
                            .last_error = {},
                            .evaluation_time = rules::Seconds(0.5),
                            .last_evaluation = At(60)}};
  const std::string rule =
      R"_({"name":"game:games:sum","query":"sum(games)","labels":{"unit":"games"},"health":"ok",)_"
      R"("evaluationTime":0.5,"lastEvaluation":"2026-01-01T00:01:00Z","type":"recording"})";
  EXPECT_THAT(*RulesResponse(&status, {}).body, HasSubstr("\"rules\":[" + rule + "]"));
  EXPECT_THAT(*RulesResponse(&status, {.query = "type=record"}).body, HasSubstr(rule));
  EXPECT_EQ(*RulesResponse(&status, {.query = "type=alert"}).body, kNoGroups);
}

TEST(RulesResponse, HasNoGroupsBeforeTheRulesAreLoaded) {
  EXPECT_EQ(*RulesResponse(nullptr, {}).body, kNoGroups);
}

TEST(RulesResponse, FiltersRulesByParameters) {
  EXPECT_THAT(Rules("type=alert"), HasSubstr(R"("name":"ManyActiveGames")"));
  EXPECT_EQ(Rules("type=record"), kNoGroups);
  EXPECT_EQ(Rules("type=Record"), kNoGroups);
  EXPECT_EQ(Rules("rule_group[]=nobody"), kNoGroups);
  EXPECT_THAT(Rules("file[]=rules/later.yml"), Not(HasSubstr(R"("name":"gaming")")));
  const std::string one_rule = Rules("rule_name%5B%5D=LowActivity");
  EXPECT_THAT(one_rule, HasSubstr(R"("name":"LowActivity")"));
  EXPECT_THAT(one_rule, Not(HasSubstr(R"("name":"ManyActiveGames")")));
  EXPECT_THAT(one_rule, Not(HasSubstr(R"("name":"later")")));
}

TEST(RulesResponse, OmitsAlertsOnRequest) {
  EXPECT_THAT(Rules("exclude_alerts=true"), HasSubstr(R"("alerts":null)"));
  EXPECT_THAT(Rules("exclude_alerts=true"), Not(HasSubstr("hokm has")));
  EXPECT_EQ(Rules("exclude_alerts=1"), Rules("exclude_alerts=true"));
  EXPECT_EQ(Rules("exclude_alerts=T"), Rules("exclude_alerts=true"));
  EXPECT_EQ(Rules("exclude_alerts=False"), Rules(""));
}

TEST(RulesResponse, ListsGroupsByFileAndName) {
  rules::RulesStatus status = SampleRules();
  std::swap(status.groups[0], status.groups[1]);
  EXPECT_EQ(*RulesResponse(&status, {}).body, Rules(""));
}

TEST(RulesResponse, OmitsTheLabelsOfARecordingRuleThatHasNone) {
  rules::RulesStatus status = SampleRules();
  rules::RuleStatus& rule = Edit(status, 0).rules[0];
  rule.kind = rules::RuleKind::kRecording;
  rule.labels.clear();
  EXPECT_THAT(*RulesResponse(&status, {.query = "type=record"}).body,
              HasSubstr(R"("query":"game_active_games > 200","health":"ok")"));
}

TEST(RulesResponse, ListsTheLastEvaluationsOnRequest) {
  auto log = std::make_shared<rules::EvaluationLog>();
  log->Add({.time = At(55),
            .duration = rules::Seconds(0.25),
            .series_read = 7,
            .series_returned = 0,
            .error = "out of luck"});
  log->Add({.time = At(60),
            .duration = rules::Seconds(0.5),
            .series_read = 7,
            .series_returned = 2,
            .error = ""});
  rules::RulesStatus status = SampleRules();
  Edit(status, 0).query_offset = std::chrono::milliseconds(1500);
  Edit(status, 0).rules[0].evaluations = log;
  const std::string body =
      *RulesResponse(&status, {.query = "rule_group[]=gaming&evaluations=true"}).body;
  EXPECT_THAT(body, HasSubstr(R"("type":"alerting","evaluations":[)"
                              R"({"time":"2026-01-01T00:01:00Z","duration":0.5,"seriesRead":7,)"
                              R"("seriesReturned":2},)"
                              R"({"time":"2026-01-01T00:00:55Z","duration":0.25,"seriesRead":7,)"
                              R"("seriesReturned":0,"error":"out of luck"}]})"));
  EXPECT_THAT(body, HasSubstr(R"("type":"alerting","evaluations":[]})")) << "the other rule";
  EXPECT_THAT(body, HasSubstr(R"("limit":0,"queryOffset":1.5,)"));
  EXPECT_THAT(*RulesResponse(&status, {}).body, Not(HasSubstr("evaluations")));
}

TEST(RulesResponse, MatchesLabelsAsTheyAreWritten) {
  EXPECT_THAT(Rules("match[]={severity=\"warning\"}"), HasSubstr(R"("name":"ManyActiveGames")"));
  EXPECT_THAT(Rules("match[]={severity=\"warning\"}"), Not(HasSubstr(R"("name":"LowActivity")")));
  EXPECT_EQ(Rules("match[]={alertname=\"LowActivity\"}"), kNoGroups);
  EXPECT_THAT(Rules("match[]={severity=\"page\"}&match[]={severity=~\"w.*\"}"),
              HasSubstr(R"("name":"ManyActiveGames")"));
}

TEST(RulesResponse, PaginatesGroupsByLimitAndToken) {
  const std::string token = GroupToken(*SampleRules().groups[1]);
  const std::string first = Rules("group_limit=1");
  EXPECT_THAT(first, HasSubstr(R"("name":"gaming")"));
  EXPECT_THAT(first, Not(HasSubstr(R"("name":"later")")));
  EXPECT_THAT(first, HasSubstr(R"("groupNextToken":")" + token + "\""));

  const std::string second = Rules("group_limit=1&group_next_token=" + token);
  EXPECT_THAT(second, Not(HasSubstr(R"("name":"gaming")")));
  EXPECT_THAT(second, HasSubstr(R"("name":"later")"));
  EXPECT_THAT(second, Not(HasSubstr("groupNextToken")));
}

TEST(RulesResponse, HasNoNextTokenWhenNoOtherGroupMatches) {
  EXPECT_THAT(Rules("group_limit=1&rule_name[]=LowActivity"), Not(HasSubstr("groupNextToken")));
}

struct Refusal {
  const char* query;
  const char* error;  ///< Escaped as in JSON.
};

void PrintTo(const Refusal& refusal, std::ostream* out) {
  *out << refusal.query;
}

class RefusedRules : public testing::TestWithParam<Refusal> {};

TEST_P(RefusedRules, ReportErrorsInPrometheusWords) {
  const rules::RulesStatus status = SampleRules();
  const Response response = RulesResponse(&status, {.query = GetParam().query});
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(*response.body, std::string(R"({"status":"error","errorType":"bad_data","error":")")
                                .append(GetParam().error)
                                .append("\"}"));
}

INSTANTIATE_TEST_SUITE_P(
    Parameters, RefusedRules,
    testing::Values(
        Refusal{"type=alerts", R"(invalid parameter \"type\": not supported value \"alerts\")"},
        Refusal{"exclude_alerts=yes",
                R"(invalid parameter \"exclude_alerts\": error converting exclude_alerts: )"
                R"(strconv.ParseBool: parsing \"yes\": invalid syntax)"},
        Refusal{"evaluations=x",
                R"(invalid parameter \"evaluations\": error converting evaluations: )"
                R"(strconv.ParseBool: parsing \"x\": invalid syntax)"},
        Refusal{"match[]=bad{", "1:5: parse error: unexpected end of input inside braces"},
        Refusal{"match[]={}", "match[] must contain at least one non-empty matcher"},
        Refusal{"group_limit=0",
                R"(invalid parameter \"group_limit\": group_limit needs to be greater than 0)"},
        Refusal{"group_limit=x",
                R"(invalid parameter \"group_limit\": group_limit needs to be a valid number: )"
                R"(strconv.ParseInt: parsing \"x\": invalid syntax)"},
        Refusal{"group_next_token=x",
                R"(invalid parameter \"group_next_token\": group_limit needs to be present in )"
                R"(order to paginate over the groups)"},
        Refusal{"group_limit=2&group_next_token=x",
                R"(invalid parameter \"group_next_token\": invalid group_next_token 'x'. were )"
                R"(rule groups changed?)"}));

}  // namespace
}  // namespace hakem::web

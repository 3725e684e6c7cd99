#include "web/pages/alerts_page.h"

#include <gmock/gmock.h>

#include "tests/web/rules_fixture.h"

namespace hakem::web {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string Page(const rules::RulesStatus& rules, std::string query = "", std::string base = "") {
  return RenderAlertsPage({.version = "1", .now = At(70), .rules = &rules, .base = std::move(base)},
                          {.method = "GET", .path = "/alerts", .query = std::move(query)});
}

TEST(AlertsPage, ShowsEachAlertWithAllDetails) {
  const std::string page = Page(SampleRules());
  EXPECT_THAT(page, HasSubstr("1 firing, 1 pending."));
  EXPECT_THAT(page, HasSubstr("<strong>ManyActiveGames</strong> <span class=\"pill bad\">firing"));
  EXPECT_THAT(page, HasSubstr("<dt>summary</dt><dd>hokm has 250 active games</dd>"));
  EXPECT_THAT(page, HasSubstr("{game=&quot;hokm&quot;, severity=&quot;warning&quot;}"));
  EXPECT_THAT(page, HasSubstr("<dt>value</dt><dd>250</dd>"));
  EXPECT_THAT(page, HasSubstr("<dt>active since</dt><dd>2026-01-01T00:00:10Z</dd>"));
  EXPECT_THAT(page, HasSubstr("<a href=\"/graph?g0.expr=game_active_games+%3E+200&amp;g0.tab=1\">"
                              "<code>game_active_games &gt; 200</code></a>"));
  EXPECT_LT(page.find(">firing<"), page.find(">pending<"));
}

TEST(AlertsPage, ShowsTheRulesAndTheirHealth) {
  const std::string page = Page(SampleRules());
  EXPECT_THAT(page, HasSubstr("<h2>Rules <small>gaming, rules/gaming.yml</small></h2>"));
  EXPECT_THAT(page, HasSubstr("cannot be evaluated"));
  EXPECT_THAT(page, HasSubstr("<p>no such thing</p>"));
}

TEST(AlertsPage, LeavesOutRecordingRules) {
  rules::RulesStatus rules = SampleRules();
  Edit(rules, 0).rules[1].kind = rules::RuleKind::kRecording;
  EXPECT_THAT(Page(rules), Not(HasSubstr("LowActivity")));
  EXPECT_THAT(Page(SampleRules()), HasSubstr("LowActivity"));
}

TEST(AlertsPage, FiltersByTheParametersOfLinks) {
  const auto rules = SampleRules();
  for (const char* query :
       {"state=pending", "filter=%7Bgame%3D%22shelem%22%7D", "filter=game%3D%22shelem%22",
        "match[]={game=~\"she.*\"}", "search=SHELEM",
        "alertname=ManyActiveGames&filter=game!%3D%22hokm%22&receiver=default"}) {
    const std::string page = Page(rules, query);
    EXPECT_THAT(page, HasSubstr("0 firing, 1 pending.")) << query;
    EXPECT_THAT(page, HasSubstr("Not all are shown: <a href=\"/alerts\">")) << query;
    EXPECT_THAT(page, Not(HasSubstr("hokm has 250"))) << query;
  }
  EXPECT_THAT(Page(rules, "alertname=Other"), HasSubstr("0 firing, 0 pending."));
  EXPECT_THAT(Page(rules, "severity=warning"), HasSubstr("1 firing, 1 pending."));
  EXPECT_THAT(Page(rules, "state=&search="), Not(HasSubstr("Not all are shown")));
}

TEST(AlertsPage, ReportsInvalidFilters) {
  const std::string page = Page(SampleRules(), "filter=%7Bgame%3D%3Cb%3E");
  EXPECT_THAT(page, HasSubstr("&quot;{game=&lt;b&gt;&quot; is no filter: 1:7: parse error"));
  EXPECT_THAT(page, HasSubstr("1 firing, 1 pending."));
}

TEST(AlertsPage, LinksBelowThePathOfTheExternalUrl) {
  const std::string page = Page(SampleRules(), "state=firing", "/x");
  EXPECT_THAT(page, HasSubstr("href=\"/x/style.css\""));
  EXPECT_THAT(page, HasSubstr("href=\"/x/graph?g0.expr="));
  EXPECT_THAT(page, HasSubstr("href=\"/x/alerts\""));
  EXPECT_THAT(page, Not(HasSubstr("href=\"/graph")));
}

TEST(AlertsPage, ShowsThatTheRulesHaveNotBeenEvaluated) {
  EXPECT_THAT(RenderAlertsPage({.version = "1", .now = At(0)}, {}),
              HasSubstr("The rules have not been evaluated yet."));
}

TEST(AlertsPage, EscapesTexts) {
  rules::RulesStatus rules = SampleRules();
  Edit(rules, 0).name = "<q>";
  Edit(rules, 0).file = "<w>";
  Edit(rules, 0).rules[0].query = "<e>";
  Edit(rules, 0).rules[1].name = "<r>";
  Edit(rules, 0).rules[1].last_error = "<t>";
  rules::ActiveAlert& alert = Edit(rules, 0).rules[0].alerts[0];
  alert.annotations = {{"<y>", "<script>alert('x')</script>"},
                       {"link", "https://h/\"><i>"},
                       {"run", "javascript:alert(1)"}};
  alert.labels = {{"alertname", "<b>"}, {"game", "\"><i>"}};
  const std::string page = Page(rules);
  for (const auto* tag :
       {"<q>", "<w>", "<e>", "<r>", "<t>", "<y>", "<script", "<b>", "<i>", "href=\"javascript"}) {
    EXPECT_THAT(page, Not(HasSubstr(tag)));
  }
}

}  // namespace
}  // namespace hakem::web

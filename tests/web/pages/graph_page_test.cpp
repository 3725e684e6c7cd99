#include "web/pages/graph_page.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "tests/web/api_v1/api_fixture.h"
#include "tests/web/rules_fixture.h"

namespace hakem::web {
namespace {

using testing::HasSubstr;
using testing::Not;

/// The page over the fixture's API, which has two series of `up` and a counter.
class GraphPage : public ApiFixture {
 protected:
  std::string Page(std::string query, std::string base = "") {
    const auto api = [this](const Request& request) { return router_->Handle(request); };
    const Handler page = GraphPageHandler({.query = api,
                                           .format_query = api,
                                           .rules = program_.rules,
                                           .clock = program_.clock,
                                           .version = "1",
                                           .base = std::move(base)});
    const Response response = page({.method = "GET", .path = "/graph", .query = std::move(query)});
    EXPECT_EQ(response.status, 200);
    return *response.body;
  }
};

TEST_F(GraphPage, ShowsTheExpressionOfALinkAndItsValueNow) {
  const std::string page = Page("g0.expr=sum(up)BY(job)&g0.tab=1");
  EXPECT_THAT(page, HasSubstr("<pre><code>sum by (job) (up)</code></pre>"));
  EXPECT_THAT(page, HasSubstr("<h2>Value at 2026-01-01T00:00:00Z</h2>"));
  EXPECT_THAT(page, HasSubstr("<tr><td><code>{job=&quot;a&quot;}</code></td>"
                              "<td class=\"number\">1</td></tr>"));
  EXPECT_THAT(page, HasSubstr("<td class=\"number\">0</td>"));
}

TEST_F(GraphPage, LinksToTheAnswersOfTheApi) {
  const std::string page = Page("g0.expr=up&g0.range_input=2h");
  EXPECT_THAT(page, HasSubstr("href=\"/api/v1/query?query=up&amp;time=1767225600.000\""));
  EXPECT_THAT(page, HasSubstr("href=\"/api/v1/query_range?query=up&amp;start=1767218400.000&amp;"
                              "end=1767225600.000&amp;step=28\">the last 2h as JSON</a>"));
  EXPECT_THAT(Page("g0.expr=up&g0.range_input=nonsense"), HasSubstr("the last 1h as JSON"));
}

TEST_F(GraphPage, EvaluatesAtTheTimeOfTheLink) {
  for (const char* time : {"g0.moment_input=2025-12-31%2023:59:00", "g0.end_input=2025-12-31 23:59",
                           "g0.end_input=1767225540", "g0.end_input=2025-12-31T23:59:00Z"}) {
    const std::string page = Page("g0.expr=moves_total&" + std::string(time));
    EXPECT_THAT(page, HasSubstr("<h2>Value at 2025-12-31T23:59:00Z</h2>")) << time;
    EXPECT_THAT(page, HasSubstr("<td class=\"number\">10</td>")) << time;
  }
  EXPECT_THAT(Page("expr=moves_total&time=1767225540"), HasSubstr("<td class=\"number\">10</td>"));
}

TEST_F(GraphPage, ShowsValuesOfEveryType) {
  EXPECT_THAT(Page("g0.expr=1%2B1"), HasSubstr("<code>scalar</code></td><td class=\"number\">2<"));
  EXPECT_THAT(Page("g0.expr=%22a%3Cb%22"),
              HasSubstr("<code>string</code></td><td class=\"number\">a&lt;b<"));
  EXPECT_THAT(Page("g0.expr=moves_total[5m]"),
              HasSubstr("10 @ 2025-12-31T23:59:00Z\n40 @ 2025-12-31T23:59:30Z\n70.5 @ "));
  EXPECT_THAT(Page("g0.expr=vector(1)"), HasSubstr("<code>{}</code>"));
  EXPECT_THAT(Page("g0.expr=nothing"), HasSubstr("The expression has no result at this time."));
}

TEST_F(GraphPage, LimitsItsRows) {
  std::string text = "# TYPE many gauge\n";
  for (int i = 0; i < 150; ++i) {
    text += "many{n=\"" + std::to_string(i) + "\"} 1 1767225600\n";
  }
  Load(text + "# EOF\n");
  const std::string page = Page("g0.expr=many");
  std::size_t rows = 0;
  for (auto at = page.find("<tr><td>"); at != page.npos; at = page.find("<tr><td>", at + 1)) {
    ++rows;
  }
  EXPECT_EQ(rows, 100U);
  EXPECT_THAT(page, HasSubstr("There are more than these 100 rows."));
}

TEST_F(GraphPage, MarksThePlaceOfAnError) {
  const std::string page = Page("g0.expr=sum(up%0A%20%20%2B%20%3C)");
  EXPECT_THAT(page, HasSubstr("<pre><code>sum(up\n  + <mark>&lt;</mark>)</code></pre>"));
  EXPECT_THAT(page, HasSubstr("2:5: parse error: unexpected &lt;op:&lt;&gt;"));
  EXPECT_THAT(Page("g0.expr=sum(up"), HasSubstr("sum(up<mark> </mark></code>"));
  EXPECT_THAT(Page("g0.expr=nosuch(up)"), HasSubstr("<mark>n</mark>osuch(up)"));
}

TEST_F(GraphPage, ShowsErrorsAndWarningsOfAnEvaluation) {
  EXPECT_THAT(Page("g0.expr=up%20%2B%20on()%20up"), HasSubstr("found duplicate series"));
  Load("# TYPE seats gauge\nseats 1 1767225540\nseats 2 1767225600\n# EOF\n");
  EXPECT_THAT(Page("g0.expr=rate(seats[5m])"), HasSubstr("metric might not be a counter"));
  EXPECT_THAT(Page("g0.expr=quantile(2,up)"),
              HasSubstr("quantile value should be between 0 and 1"));
}

TEST_F(GraphPage, LinksToTheAlertsOfTheExpression) {
  program_.rules.Set(std::make_shared<const rules::RulesStatus>(SampleRules()));
  const std::string page = Page("g0.expr=game_active_games+%3E+200&g0.tab=1");
  EXPECT_THAT(page, HasSubstr("href=\"/alerts?alertname=ManyActiveGames\"><strong>ManyActiveGames"
                              "</strong> <span class=\"pill bad\">firing</span>"));
  EXPECT_THAT(Page("g0.expr=up"), Not(HasSubstr("ManyActiveGames")));
}

TEST_F(GraphPage, ShowsSeveralExpressions) {
  const std::string page = Page("g0.expr=1111&g1.expr=2222");
  EXPECT_THAT(page, HasSubstr("<td class=\"number\">1111</td>"));
  EXPECT_THAT(page, HasSubstr("<td class=\"number\">2222</td>"));
}

TEST_F(GraphPage, ListsTheExpressionsOfTheRulesByDefault) {
  EXPECT_THAT(Page(""), HasSubstr("graph?g0.expr=up"));
  program_.rules.Set(std::make_shared<const rules::RulesStatus>(SampleRules()));
  EXPECT_THAT(Page("", "/x"), HasSubstr("href=\"/x/graph?g0.expr=game_active_games+%3E+200"));
}

TEST_F(GraphPage, EscapesTexts) {
  for (const char* query :
       {"g0.expr=%3Cscript%3E", "g0.expr=up%7Ba=%22%3Cscript%3E%22%7D",
        "g0.expr=label_replace(vector(1),%22x%22,%22%3Cscript%3E%22,%22%22,%22%22)",
        "g0.expr=%22%3Cscript%3E%22", "g0.expr=up&g0.range_input=%3Cscript%3E",
        "g0.expr=up&g0.end_input=%3Cscript%3E", "expr=%22%3E%3Cscript%3E"}) {
    EXPECT_THAT(Page(query), Not(HasSubstr("<script"))) << query;
  }
}

}  // namespace
}  // namespace hakem::web

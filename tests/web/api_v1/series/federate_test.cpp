#include "web/api_v1/series/federate.h"

#include <gmock/gmock.h>

#include "tests/web/api_v1/api_fixture.h"

namespace hakem::web {
namespace {

class FederateApi : public ApiFixture {};

TEST_F(FederateApi, WritesTheNewestValueOfEachSeriesSortedByName) {
  EXPECT_EQ(Body("/federate", "match[]=up&match[]={job=\"a\"}"),
            "# TYPE moves_total untyped\n"
            "moves_total{job=\"a\",instance=\"\"} 70.5 1767225600000\n"
            "# TYPE up untyped\n"
            "up{job=\"a\",instance=\"\"} 1 1767225590000\n"
            "up{job=\"b\",instance=\"\"} 0 1767225590000\n");
  EXPECT_EQ(Body("/federate"), "");
}

TEST_F(FederateApi, OmitsSamplesOlderThanFiveMinutes) {
  program_.clock.Advance(std::chrono::seconds(290));
  EXPECT_EQ(Body("/federate", "match[]=up"), "");
  EXPECT_NE(Body("/federate", "match[]=moves_total"), "");
}

TEST_F(FederateApi, EscapesValuesAndWritesNamesInTheClassicForm) {
  Load("{\"my.metric\",\"l.x\"=\"q\\\"\\\\\\n\",instance=\"i\"} NaN 1767225600\n# EOF\n");
  EXPECT_EQ(Body("/federate", "match[]={__name__=~\".%2B\"}"),
            "# TYPE my_metric untyped\n"
            "my_metric{instance=\"i\",l_x=\"q\\\"\\\\\\n\"} NaN 1767225600000\n");
}

TEST_F(FederateApi, ReportsInvalidSelectors) {
  const Response response = Get("/federate", "match[]=up[");
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(*response.body, "1:3: parse error: unexpected \"[\"\n");
}

}  // namespace
}  // namespace hakem::web

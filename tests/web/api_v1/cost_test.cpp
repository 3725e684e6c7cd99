// Requests whose cost depends on the client are bounded, and end when the client leaves.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/web/api_v1/api_fixture.h"
#include "web/api_v1/request/parameters.h"

namespace hakem::web {
namespace {

using testing::HasSubstr;

/// Has more series than are read between two checks whether the client has gone.
class Costs : public ApiFixture {
 protected:
  Costs() {
    std::string text = "# TYPE many gauge\n";
    for (int i = 0; i < 300; ++i) {
      text += fmt::format("many{{i=\"{}\"}} 1 1767225590\n", i);
    }
    Load(text + "# EOF\n");
  }

  Response AskAndLeave(std::string path, std::string query) {
    return router_->Handle(
        {.method = "GET", .path = std::move(path), .query = std::move(query), .client_gone = [] {
           return true;
         }});
  }
};

TEST_F(Costs, EndWhenTheClientLeaves) {
  const std::pair<const char*, const char*> asks[] = {
      {"/api/v1/query", "query=many"},
      {"/api/v1/query_range", "query=many&start=1767225590&end=1767225600&step=1"},
      {"/api/v1/series", "match[]=many"},
      {"/api/v1/series", "match[]={i=~\".*1.*\"}"},
      {"/api/v1/series", "match[]=many{i!=\"1\"}"},
      {"/api/v1/labels", "match[]=many"},
      {"/api/v1/labels", ""},
      {"/api/v1/label/i/values", ""},
      {"/api/v1/status/tsdb", ""},
      {"/federate", "match[]=many"},
  };
  for (const auto& [path, query] : asks) {
    EXPECT_EQ(Get(path, query).status, 200) << path;
    const Response left = AskAndLeave(path, query);
    EXPECT_EQ(left.status, 503) << path << "?" << query;
    EXPECT_THAT(*left.body, HasSubstr("canceled")) << path;
  }
}

TEST_F(Costs, AreBoundedInTheNumberOfSelectors) {
  std::string query;
  for (std::size_t i = 0; i < kMostSelectors; ++i) {
    query += "match[]=many&";
  }
  for (const char* path :
       {"/api/v1/series", "/api/v1/labels", "/api/v1/label/i/values", "/federate"}) {
    EXPECT_EQ(Get(path, query).status, 200) << path;
    const Response refused = Get(path, query + "match[]=many");
    EXPECT_EQ(refused.status, 400) << path;
    EXPECT_THAT(*refused.body, HasSubstr("257 match[] parameters: at most 256 are taken"));
  }
  EXPECT_EQ(Body("/api/v1/label/i/values", query + "limit=1"),
            R"({"status":"success","data":["0"],"warnings":["results truncated due to limit"]})");
}

}  // namespace
}  // namespace hakem::web

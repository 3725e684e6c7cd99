#include "web/api_v1/query/expressions.h"

#include <gmock/gmock.h>

#include "tests/web/api_v1/api_fixture.h"

namespace hakem::web {
namespace {

class ExpressionApi : public ApiFixture {
 protected:
  std::string Tree(const std::string& query) {
    const std::string body = Body("/api/v1/parse_query", "query=" + query);
    const std::string prefix = R"({"status":"success","data":)";
    EXPECT_TRUE(body.starts_with(prefix)) << body;
    return body.substr(prefix.size(), body.size() - prefix.size() - 1);
  }
};

TEST_F(ExpressionApi, FormatsQueries) {
  EXPECT_EQ(Body("/api/v1/format_query", "query=sum(up)by(job)/2"),
            R"({"status":"success","data":"sum by (job) (up) / 2"})");
  EXPECT_EQ(Body("/api/v1/format_query", "query=a{b='1',a='2',a!='3',\"x.y\"='4'}"),
            R"({"status":"success","data":"a{\"x.y\"=\"4\",a!=\"3\",a=\"2\",b=\"1\"}"})");
  EXPECT_EQ(BadRequest("/api/v1/format_query", "query=sum("),
            R"(invalid parameter \"query\": 1:5: parse error: unclosed left parenthesis)");
}

TEST_F(ExpressionApi, ReturnsTheSyntaxTree) {
  EXPECT_EQ(Tree("rate(x{a=~'b'}[5m] offset 1m)"),
            R"({"args":[{"matchers":[{"name":"a","type":"=~","value":"b"},)"
            R"({"name":"__name__","type":"=","value":"x"}],"name":"x","offset":60000,)"
            R"("startOrEnd":null,"timestamp":null,"range":300000,"type":"matrixSelector"}],)"
            R"("func":{"argTypes":["matrix"],"name":"rate","returnType":"vector","variadic":0},)"
            R"("type":"call"})");
  EXPECT_EQ(Tree("-(1)"), R"({"expr":{"expr":{"type":"numberLiteral","val":"1"},)"
                          R"("type":"parenExpr"},"op":"-","type":"unaryExpr"})");
}

TEST_F(ExpressionApi, WritesMatchingOnlyBetweenVectors) {
  EXPECT_THAT(Tree("1 == bool 2"), testing::HasSubstr(R"("matching":null,"op":"==")"));
  EXPECT_THAT(Tree("a unless ignoring(x) b"),
              testing::HasSubstr(R"("matching":{"card":"many-to-many","include":[],)"
                                 R"("labels":["x"],"on":false},"op":"unless")"));
}

TEST_F(ExpressionApi, WritesExperimentalSyntaxWhenEnabled) {
  EXPECT_EQ(BadRequest("/api/v1/parse_query", "query=x[1m%2Bstep()]"),
            R"(invalid parameter \"query\": 1:6: parse error: experimental duration expression is )"
            "not enabled");
  program_.features = promql::Features::All();
  MakeRouter();
  EXPECT_THAT(Tree("x[1m%2Bstep()]anchored"),
              testing::HasSubstr(R"j("anchored":true,"range":0,"rangeExpr":"1m + step()",)j"));
  EXPECT_THAT(Tree("a-fill_left(Inf)b"),
              testing::HasSubstr(R"("on":false,"fillValues":{"lhs":"+Inf","rhs":null}},)"));
  EXPECT_EQ(Body("/api/v1/format_query", "query=x%20offset(1m*2)"),
            R"j({"status":"success","data":"x offset (1m * 2)"})j");
}

TEST_F(ExpressionApi, HasNoExemplars) {
  EXPECT_EQ(Body("/api/v1/query_exemplars", "query=up&start=1&end=2"),
            R"({"status":"success","data":[]})");
  EXPECT_EQ(BadRequest("/api/v1/query_exemplars", "query=up&start=3&end=2"),
            "end timestamp must not be before start timestamp");
  EXPECT_EQ(BadRequest("/api/v1/query_exemplars", "query=up("),
            "1:4: parse error: unclosed left parenthesis");
}

}  // namespace
}  // namespace hakem::web

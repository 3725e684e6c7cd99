#include "promql/parsing/parser.h"

#include <gtest/gtest.h>

#include <string>

#include "promql/syntax/printer.h"
#include "tests/support/matchers.h"

namespace hakem::promql {
namespace {

struct Case {
  const char* name;
  std::string query;
  std::string expected;
};

void PrintTo(const Case& c, std::ostream* out) {
  *out << c.query;
}

std::string NameOf(const testing::TestParamInfo<Case>& info) {
  return info.param.name;
}

class ParseError : public testing::TestWithParam<Case> {};

TEST_P(ParseError, HasThePrometheusMessage) {
  EXPECT_THAT(Parse(GetParam().query), HasMessage(GetParam().expected));
}

INSTANTIATE_TEST_SUITE_P(
    Lexer, ParseError,
    testing::Values(
        Case{"UnclosedParenthesis", "(1", "1:3: parse error: unclosed left parenthesis"},
        Case{"UnopenedParenthesis", "(1))", "1:5: parse error: unexpected right parenthesis ')'"},
        Case{"UnclosedBrace", "foo{", "1:5: parse error: unexpected end of input inside braces"},
        Case{"UnopenedBrace", "}", "1:1: parse error: unexpected character: '}'"},
        Case{"UnknownCharacter", "up $", "1:4: parse error: unexpected character: '$'"},
        Case{"NumberInBraces", "foo{1}",
             "1:5: parse error: unexpected character inside braces: '1'"},
        Case{"BadDuration", "foo[5mm]", "1:5: parse error: bad number or duration syntax: \"5mm\""},
        Case{"BadNumber", "0deadbeef", "1:1: parse error: bad number or duration syntax: \"0de\""},
        Case{"UnterminatedString", "foo{a=\"b", "1:7: parse error: unterminated quoted string"},
        Case{"UnknownEscape", R"(foo{a="\c"})",
             "1:7: parse error: unknown escape sequence U+0063 'c'"},
        Case{"SecondLine", "up\n  !",
             "2:3: parse error: unexpected character after '!': '\xef\xbf\xbd'"}),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Grammar, ParseError,
    testing::Values(
        Case{"Nothing", "", "unknown position: parse error: no expression found in input"},
        Case{"CommentAlone", " # up", "1:1: parse error: no expression found in input"},
        Case{"EndAfterOperator", "1 +", "1:4: parse error: unexpected end of input"},
        Case{"OperatorFirst", "*1", "1:1: parse error: unexpected <op:*>"},
        Case{"TwoNames", "foo bar", "1:5: parse error: unexpected identifier \"bar\""},
        Case{"InAggregation", "sum(a b)",
             "1:7: parse error: unexpected identifier \"b\" in aggregation"},
        Case{"NoArguments", "sum()",
             "1:1: parse error: no arguments for aggregate expression provided"},
        Case{"AggregationArguments", "topk(foo)",
             "1:1: parse error: wrong number of arguments for aggregate expression provided, "
             "expected 2, got 1"},
        Case{"GroupingWithoutParenthesis", "sum by foo (bar)",
             "1:8: parse error: unexpected identifier \"foo\" in grouping opts, expected \"(\""},
        Case{"MatcherWithoutOperator", "foo{gibberish}",
             "1:14: parse error: unexpected \"}\" in label matching, expected label matching "
             "operator"},
        Case{"MatcherWithoutString", "foo{a=b}",
             "1:7: parse error: unexpected identifier \"b\" in label matching, expected string"},
        Case{"EmptyRange", "foo[]",
             "1:5: parse error: unexpected \"]\" in subquery or range selector, expected number, "
             "duration, step(), or range()"},
        Case{"ZeroRange", "foo[0s]", "1:5: parse error: duration must be greater than 0"},
        Case{"RangeOfSum", "(a + b)[5m]",
             "1:8: parse error: ranges only allowed for vector selectors"},
        Case{"OffsetTwice", "foo offset 1s offset 2s",
             "1:1: parse error: offset may not be set multiple times"},
        Case{"OffsetOfNumber", "1 offset 1d",
             "1:1: parse error: offset modifier must be preceded by an instant vector selector or "
             "range vector selector or a subquery"},
        Case{"AtWithoutTime", "foo @ bar",
             "1:7: parse error: unexpected identifier \"bar\" in @, expected timestamp"},
        Case{"AtInfinity", "foo @ Inf",
             "1:1: parse error: timestamp out of bounds for @ modifier: +Inf"},
        Case{"TrailingComma", "abs(foo,)",
             "1:8: parse error: trailing commas not allowed in function call args"},
        Case{"UnknownFunction", "abc(foo)",
             "1:1: parse error: unknown function with name \"abc\""}),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Types, ParseError,
    testing::Values(
        Case{"ScalarComparison", "1 == 1",
             "1:3: parse error: comparisons between scalars must use BOOL modifier"},
        Case{"BoolOnArithmetic", "a + bool b",
             "1:3: parse error: bool modifier can only be used on comparison operators"},
        Case{"SetWithScalar", "foo and 1",
             "1:1: parse error: set operator \"and\" not allowed in binary scalar expression"},
        Case{"SetWithGrouping", "a or on (x) group_left (y) b",
             "1:1: parse error: no grouping allowed for \"or\" operation"},
        Case{"OnAndGroup", "a + on (x) group_left (x) b",
             "1:3: parse error: label \"x\" must not occur in ON and GROUP clause at once"},
        Case{"MatchingWithScalar", "a + on (x) 1",
             "1:1: parse error: vector matching only allowed between instant vectors"},
        Case{"NothingSelected", "{}",
             "1:1: parse error: vector selector must contain at least one non-empty matcher"},
        Case{"NameTwice", "foo{__name__=\"bar\"}",
             "1:1: parse error: metric name must not be set twice: \"foo\" or \"bar\""},
        Case{"TooManyArguments", "vector(1, 2)",
             "1:1: parse error: expected 1 argument(s) in call to \"vector\", got 2"},
        Case{"WrongArgument", "vector(foo)",
             "1:8: parse error: expected type scalar in call to function \"vector\", got instant "
             "vector"},
        Case{"NegatedString", "-\"a\"",
             "1:1: parse error: unary expression only allowed on expressions of type scalar or "
             "instant vector, got \"string\""}),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Experimental, ParseError,
    testing::Values(
        Case{"Limitk", "limitk(1, foo)",
             "1:1: parse error: limitk() is experimental and must be enabled with "
             "--enable-feature=promql-experimental-functions"},
        Case{"DurationExpression", "foo[5m + 1m]",
             "1:5: parse error: experimental duration expression is not enabled"},
        Case{"DurationInParentheses", "foo offset -(1m)",
             "1:14: parse error: experimental duration expression is not enabled"},
        Case{"DurationOfStep", "foo[5m:step()]",
             "1:8: parse error: experimental duration expression is not enabled"},
        Case{"Anchored", " foo[5m] anchored",
             "1:2: parse error: anchored modifier is experimental and not enabled"},
        Case{"Function", "1 + start()", "1:5: parse error: function \"start\" is not enabled"},
        Case{"Fill", "2 * (a + fill(0) b)",
             "1:6: parse error: binop fill modifiers are experimental and not enabled"}),
    NameOf);

class FeatureError : public testing::TestWithParam<Case> {};

TEST_P(FeatureError, IsReportedEvenWhenTheFeatureIsOn) {
  EXPECT_THAT(Parse(GetParam().query, Features::All()), HasMessage(GetParam().expected));
}

INSTANTIATE_TEST_SUITE_P(
    Parser, FeatureError,
    testing::Values(
        Case{"DivisionByZero", "foo[1m / 0]", "1:8: parse error: division by zero"},
        Case{"ModuloByZero", "foo[1m%(0)]", "1:7: parse error: modulo by zero"},
        Case{"NegativeLength", "foo[(-1)]", "1:6: parse error: duration must be greater than 0"},
        Case{"LengthBelowAMillisecond", "foo[5m:0.0001]",
             "1:8: parse error: duration must be greater than 0"},
        Case{"LengthWithoutOperand", "foo[1+]",
             "1:7: parse error: unexpected \"]\" in subquery or range selector, expected number, "
             "duration, step(), or range()"},
        Case{"UnclosedLength", "foo offset (1 + 2", "1:18: parse error: unclosed left parenthesis"},
        Case{"LengthOfOneOperand", "foo[min_of(1)]",
             "1:13: parse error: unexpected \")\" in subquery or range selector, expected number, "
             "duration, step(), or range()"},
        Case{"AnchoredAndSmoothed", "foo[5m] anchored smoothed",
             "1:1: parse error: anchored and smoothed modifiers cannot be used together"},
        Case{"AnchoredSubquery", "foo[5m:1m] anchored",
             "1:1: parse error: anchored modifier is not supported for subqueries"},
        Case{"SmoothedSum", "(a + b) smoothed",
             "1:1: parse error: smoothed modifier not implemented"},
        Case{"FillOfSets", "a and fill(0) b",
             "1:1: parse error: filling in missing series not allowed for set operators"},
        Case{"FillOfScalar", "a + fill(0) 1",
             "1:1: parse error: filling in missing series only allowed between instant vectors"},
        Case{"FillWithVector", "a + fill(b) c", "1:10: parse error: unexpected identifier \"b\""},
        Case{"InfoOfMetric", "info(a, b)",
             "1:9: parse error: expected label selectors only, got vector selector instead"},
        Case{"LimitArguments", "limitk(foo)",
             "1:1: parse error: wrong number of arguments for aggregate expression provided, "
             "expected 2, got 1"}),
    NameOf);

TEST(Parser, RejectsADurationThatIsNestedTooDeeply) {
  const std::string deep = "up[" + std::string(100000, '(') + "1" + std::string(100000, ')') + "]";
  EXPECT_THAT(Parse(deep, Features::All()),
              HasMessage("1:516: parse error: expression is nested more than 512 levels deep"));
}

TEST(Parser, PrintsADurationOfManyTerms) {
  std::string sum = "a[1";
  for (int i = 0; i < 25000; ++i) {
    sum += " + step()";
  }
  sum += "]";
  const auto parsed = Parse(sum, Features::All());
  ASSERT_THAT(parsed, IsOk());
  EXPECT_TRUE(Print(**parsed) == sum);
}

class Printed : public testing::TestWithParam<Case> {};

TEST_P(Printed, IsCanonicalAndParsesBackToTheSame) {
  const auto parsed = Parse(GetParam().query, Features::All());
  ASSERT_THAT(parsed, IsOk());
  EXPECT_EQ(Print(**parsed), GetParam().expected);
  EXPECT_EQ(Print(**Parse(GetParam().expected, Features::All())), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    Expressions, Printed,
    testing::Values(
        Case{"PowerBindsTighterThanMinus", "-1^2", "-1 ^ 2"},
        Case{"Precedence", "a+b*c^d or e and f", "a + b * c ^ d or e and f"},
        Case{"Matching", "a/on(x)group_left b", "a / on (x) group_left () b"},
        Case{"Ignoring", "a>bool ignoring(x,y)b", "a > bool ignoring (x, y) b"},
        Case{"AggregateAfter", "SUM(foo)BY(a,)", "sum by (a) (foo)"},
        Case{"AggregateParameter", "topk without () (3,foo)", "topk without () (3, foo)"},
        Case{"RangeShifted", "foo{a='b'}[90s] offset -5m @ start()",
             "foo{a=\"b\"}[1m30s] @ start() offset -5m"},
        Case{"Subquery", "foo[1h:]@100", "foo[1h:] @ 100.000"},
        Case{"QuotedName", "{\"my.metric\",l=~\"v\"}", "{__name__=\"my.metric\",l=~\"v\"}"},
        Case{"KeywordsAsNames", "sum + by + offset{on=\"x\"} unless group",
             "sum + by + offset{on=\"x\"} unless group"},
        Case{"Numbers", "0x10 + 010 + 1_000 + .5e1 + Inf + 1h30m",
             "16 + 8 + 1000 + 5 + +Inf + 1h30m"},
        Case{"Comment", "up # all of them", "up"}),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Features, Printed,
    testing::Values(
        Case{"Durations", "a[1m+2m*3]", "a[1m + 2m * 3]"},
        Case{"DurationInParentheses", "a[((1m+1m))*2]", "a[(1m + 1m) * 2]"},
        Case{"DurationOfNumbers", "a[60*30]", "a[60 * 30]"},
        Case{"LiteralInParentheses", "a[(1m)]", "a[1m]"},
        Case{"NegativePower", "a[(-2)^2-2^-2]", "a[(-2) ^ 2 - 2 ^ -2]"},
        Case{"PowerBindsFirst", "a[-2^2+5m]", "a[-2 ^ 2 + 5m]"},
        Case{"OffsetEndsAtALiteral", "a offset 1m+2", "a offset 1m + 2"},
        Case{"OffsetInParentheses", "a offset -(1m+STEP())", "a offset -(1m + step())"},
        Case{"SignedWords", "a offset +step() + b offset -min_of(range(),1)",
             "a offset +step() + b offset -min_of(range(), 1)"},
        Case{"SubqueryStep", "a[5m:max_of(step(),1s)]", "a[5m:max_of(step(), 1s)]"},
        Case{"DurationsInEachOther", "a[min_of(-(1m-2)^-step(),max_of(1,+range()/3)%7)-1*4]",
             "a[min_of(-(1m - 2) ^ -step(), max_of(1, range() / 3) % 7) - 1 * 4]"},
        Case{"Anchored", "rate(a[5m]@1 anchored)", "rate(a[5m] anchored @ 1.000)"},
        Case{"SmoothedBeforeRange", "rate(a smoothed[5m])", "rate(a[5m] smoothed)"},
        Case{"SmoothedInstant", "a offset 1m smoothed", "a smoothed offset 1m"},
        Case{"AnchoredMetric", "anchored + smoothed", "anchored + smoothed"},
        Case{"Fill", "a+on(x)group_left fill(-1)b", "a + on (x) group_left () fill (-1) b"},
        Case{"FillSides", "a+fill_right(Inf)fill_left(1m)b",
             "a + fill_left (60) fill_right (+Inf) b"},
        Case{"FillMetric", "fill + fill_left(0) fill_left", "fill + fill_left (0) fill_left"},
        Case{"Limits", "limitk(1,a) + LIMIT_RATIO by (b) (-.5,a)",
             "limitk(1, a) + limit_ratio by (b) (-0.5, a)"},
        Case{"Info", "info(a,{b='c'})", "info(a, {b=\"c\"})"},
        Case{"QueryTimes", "start()+end ()+step()+range()", "start() + end() + step() + range()"}),
    NameOf);

TEST(Parser, RejectsAnExpressionThatIsNestedTooDeeply) {
  const std::string deep = std::string(100000, '(') + "1" + std::string(100000, ')');
  EXPECT_THAT(Parse(deep),
              HasMessage("1:513: parse error: expression is nested more than 512 levels deep"));
}

TEST(Parser, RejectsAChainOfOperatorsThatIsTooLong) {
  std::string chain = "1";
  for (int i = 0; i < 100000; ++i) {
    chain += "+1";
  }
  EXPECT_THAT(Parse(chain),
              HasMessage("1:1: parse error: expression is nested more than 512 levels deep"));
}

}  // namespace
}  // namespace hakem::promql

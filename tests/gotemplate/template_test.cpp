#include "gotemplate/template.h"

#include <gmock/gmock.h>

#include <limits>
#include <optional>
#include <ostream>
#include <string>
#include <utility>

#include "gotemplate/functions/prometheus.h"
#include "tests/support/matchers.h"

namespace hakem::gotemplate {
namespace {

using ::testing::HasSubstr;

constexpr Type kDataType{"test.data", Kind::kStruct};
constexpr std::string_view kPreamble = "{{$labels := .Labels}}{{$value := .Value}}";

Result<Template> Parse(std::string_view source) {
  return Template::Parse(source, {.functions = {PrometheusFunctions()}, .preamble = kPreamble});
}

Result<std::string> Expand(std::string_view source) {
  const Result<Template> parsed = Parse(source);
  if (!parsed) {
    return Fail(parsed.error());
  }
  const Value data = Value::OfStruct(
      {{"Labels", Value::OfLabels(Labels{{"game", "hokm"}, {"instance", "a:9187"}})},
       {"Value", Value::OfFloat(1e6)}},
      kDataType);
  return parsed->Expand(data, {.name = "greeting"});
}

std::string Expanded(std::string_view source) {
  const Result<std::string> expanded = Expand(source);
  return expanded ? *expanded : "error: " + expanded.error().message;
}

TEST(Template, CopiesTextUnchanged) {
  EXPECT_EQ(Expanded("50 % of }} { is\nnot {an action}"), "50 % of }} { is\nnot {an action}");
  EXPECT_EQ(Expanded(""), "");
}

TEST(Template, PrintsTheValueAndLabels) {
  EXPECT_EQ(Expanded("{{ $labels.game }}: {{ $value }} on {{$labels.instance}}"),
            "hokm: 1e+06 on a:9187");
}

TEST(Template, PrintsInfinityWithItsSign) {
  const double infinity = std::numeric_limits<double>::infinity();
  const Result<Template> parsed =
      Parse(R"({{ .Value }} {{ printf "%v|%5.1f|% v" .Value .Value .Value }})");
  for (const auto& [value, expected] : {std::pair{infinity, "+Inf +Inf| +Inf| Inf"},
                                        std::pair{-infinity, "-Inf -Inf| -Inf|-Inf"}}) {
    const Value data = Value::OfStruct(
        {{"Labels", Value::OfLabels(Labels{})}, {"Value", Value::OfFloat(value)}}, kDataType);
    EXPECT_EQ(*parsed->Expand(data, {.name = "greeting"}), expected);
  }
}

TEST(Template, PrintsNothingForAMissingLabel) {
  EXPECT_EQ(Expanded("[{{ $labels.server }}]"), "[]");
}

TEST(Template, IgnoresWhiteSpaceInActions) {
  EXPECT_EQ(Expanded("{{$value}} {{\t$value\n}}"), "1e+06 1e+06");
}

TEST(Template, TrimsWhiteSpaceAtTrimMarkers) {
  EXPECT_EQ(Expanded("a \n {{- $value }} b"), "a1e+06 b");
  EXPECT_EQ(Expanded("a {{ $value -}} \t\n b"), "a 1e+06b");
  EXPECT_EQ(Expanded("a {{- $labels.game -}} {{ $value }}"), "ahokm1e+06");
}

TEST(Template, KeepsItsSource) {
  EXPECT_EQ(Parse("{{ $value }}")->source(), "{{ $value }}");
}

TEST(Template, SharesItsTextWithItsCopies) {
  for (const std::string_view source :
       {"a text that does not fit into the object", "{{ $value }}"}) {
    const Result<Template> parsed = Parse(source);
    ASSERT_THAT(parsed, IsOk());
    std::optional<Template> first = *parsed;
    const Template second = *first;  // NOLINT(performance-unnecessary-copy-initialization)
    EXPECT_EQ(&second.source(), &parsed->source());
    first.reset();
    EXPECT_EQ(second.source(), source);
  }
}

TEST(Template, IsConstantWithoutActions) {
  EXPECT_TRUE(Parse("5 }} of {x}")->is_constant());
  EXPECT_FALSE(Parse("{{ 5 }}")->is_constant());
}

TEST(Template, ReportsAnErrorOfAnExpansionWithItsPlaceInTheWordsOfGo) {
  EXPECT_THAT(Expand("a\nb {{ $value.game }}"),
              HasMessage("template: greeting:2:11: executing \"greeting\" at <$value.game>: can't "
                         "evaluate field game in type float64"));
  EXPECT_THAT(
      Expand("{{ define \"t\" }}{{ .x }}{{ end }}\n{{ template \"t\" 1 }}"),
      HasMessage(HasSubstr(": executing \"t\" at <.x>: can't evaluate field x in type int")));
}

TEST(Template, CountsThePreambleInTheColumnsOfTheFirstLine) {
  const std::string column = std::to_string(kPreamble.size() + 3);
  EXPECT_THAT(
      Expand("{{ len 1 }}"),
      HasMessage("template: greeting:1:" + column +
                 ": executing \"greeting\" at <len 1>: error calling len: len of type int"));
}

TEST(Template, CanCallItselfByItsName) {
  EXPECT_EQ(Expanded("{{ if $value }}x{{ template \"greeting\" .Labels }}{{ end }}"), "x");
}

TEST(Template, FunctionsOfALaterTableOverrideEarlierOnes) {
  static constexpr Function kTable[] = {
      {"len", {}, false, [](CallContext&, std::span<const Value>) -> Result<Value> {
         return Value::OfText("mine");
       }}};
  const Result<Template> parsed = Template::Parse("{{ len }}", {.functions = {kTable}});
  ASSERT_THAT(parsed, IsOk());
  EXPECT_THAT(parsed->Expand({}, {.name = "t"}), IsOkAndHolds("mine"));
}

struct Mistake {
  std::string name;
  std::string source;
  std::string message;
};

void PrintTo(const Mistake& mistake, std::ostream* out) {
  *out << mistake.source;
}

class Mistaken : public ::testing::TestWithParam<Mistake> {};

TEST_P(Mistaken, IsReportedWithItsPosition) {
  EXPECT_THAT(Parse(GetParam().source), HasMessage(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Templates, Mistaken,
    ::testing::Values(
        Mistake{"Function", "a\nbc {{ humanise $value }}",
                "2:7: function \"humanise\" not defined, did you mean \"humanize\"?"},
        Mistake{"FunctionFarFromAny", "{{ $value | frobnicate }}",
                "1:13: function \"frobnicate\" not defined"},
        Mistake{"FieldOfNumber", "{{ 3.game }}", "1:4: bad number syntax: \"3.g\""},
        Mistake{"FieldOfText", "{{ \"a\".game }}", "1:7: unexpected . after term \"\\\"a\\\"\""},
        Mistake{"FieldOfDot", "{{ (.).a }}{{ ..a }}", "1:16: unexpected . after term \".\""},
        Mistake{"Empty", "x{{ }}", "1:5: missing value for command"},
        Mistake{"Unclosed", "one\n{{ $value }", "2:11: unexpected \"}\" in operand"},
        Mistake{"UnclosedAtEnd", "one\n{{ $value ", "2:11: unclosed action"},
        Mistake{"UnclosedComment", "{{/* a }}", "1:3: unclosed comment"},
        Mistake{"TextBehindComment", "{{/* a */ b }}",
                "1:3: comment ends before closing delimiter"},
        Mistake{"UnknownVariable", "{{ $vlaue }}",
                "1:4: undefined variable \"$vlaue\", did you mean \"$value\"?"},
        Mistake{"VariableFarFromAny", "{{ $externalURL }}",
                "1:4: undefined variable \"$externalURL\""},
        Mistake{"VariableOfAnEndedBlock", "{{ if $x := 1 }}{{ end }}{{ $x }}",
                "1:29: undefined variable \"$x\""},
        Mistake{"VariableOutsideOfADefinition", "{{ define \"t\" }}{{ $value }}{{ end }}",
                "1:20: undefined variable \"$value\""},
        Mistake{"MissingEnd", "{{ if true }}a", "1:15: unexpected EOF"},
        Mistake{"EndWithoutBegin", "a{{ end }}", "1:9: unexpected {{end}}"},
        Mistake{"ElseWithoutIf", "a{{ else }}", "1:10: unexpected {{else}}"},
        Mistake{"TwoElse", "{{ if 1 }}{{ else }}{{ else }}{{ end }}",
                "1:29: expected end; found {{else}}"},
        Mistake{"ElseIfInWith", "{{ with 1 }}{{ else if 2 }}{{ end }}",
                "1:21: unexpected <if> in input"},
        Mistake{"ElseInDefinition", "{{ define \"a\" }}{{ else }}{{ end }}",
                "1:25: unexpected {{else}} in define clause"},
        Mistake{"DefinitionInABlock", "{{ if 1 }}{{ define \"a\" }}{{ end }}{{ end }}",
                "1:14: unexpected <define> in command"},
        Mistake{"TwoDefinitions", "{{ define \"a\" }}1{{ end }}{{ define \"a\" }}2{{ end }}",
                "1:37: template: multiple definition of template \"a\""},
        Mistake{"BreakOutsideOfRange", "{{ break }}", "1:4: {{break}} outside {{range}}"},
        Mistake{"ContinueWithArgument", "{{ range 3 }}{{ continue 1 }}{{ end }}",
                "1:26: unexpected \"1\" in {{continue}}"},
        Mistake{"ThreeVariables", "{{ range $a, $b, $c := . }}{{ end }}",
                "1:16: too many declarations in range"},
        Mistake{"TwoVariables", "{{ $a, $b := 1 }}", "1:6: too many declarations in command"},
        Mistake{"SecondVariableMissing", "{{ range $a, 5 := . }}{{ end }}",
                "1:14: range can only initialize variables"},
        Mistake{"LiteralInPipeline", "{{ 1 | 2 }}",
                "1:8: non executable command in pipeline stage 2"},
        Mistake{"EmptyPipelineStage", "{{ 1 | | print }}", "1:8: unexpected \"|\" in command"},
        Mistake{"UnclosedParenthesis", "{{ (1 }}", "1:7: unclosed left paren"},
        Mistake{"TooManyParentheses", "{{ 1) }}", "1:5: unexpected right paren U+0029 ')'"},
        Mistake{"EmptyParentheses", "{{ () }}", "1:5: missing value for parenthesized pipeline"},
        Mistake{"Comma", "{{ print 1, 2 }}", "1:11: unexpected \",\" in operand"},
        Mistake{"UnterminatedText", "{{ \"a }}", "1:4: unterminated quoted string"},
        Mistake{"UnterminatedRawText", "{{ `a }}", "1:4: unterminated raw quoted string"},
        Mistake{"UnterminatedCharacter", "{{ 'a }}", "1:4: unterminated character constant"},
        Mistake{"TwoCharacters", "{{ 'ab' }}", "1:4: malformed character constant: 'ab'"},
        Mistake{"BadEscape", "{{ \"\\z\" }}", "1:4: invalid syntax"},
        Mistake{"BadNumber", "{{ 3k }}", "1:4: bad number syntax: \"3k\""},
        Mistake{"BadOctal", "{{ 089 }}", "1:4: integer overflow: \"089\""},
        Mistake{"HugeInteger", "{{ 99999999999999999999 }}",
                "1:4: integer overflow: \"99999999999999999999\""},
        Mistake{"TypographicQuotes", "{{ print “a” }}",
                "1:10: unrecognized character in action: U+201C '“'"},
        Mistake{"NameWithDash", "{{ $labels.a-b }}", "1:11: bad character U+002D '-'"},
        Mistake{"SingleColon", "{{ $value : 1 }}", "1:11: expected :="},
        Mistake{"UndeclaredVariable", "{{ $x : 1 }}", "1:4: undefined variable \"$x\""},
        Mistake{"TemplateWithoutName", "{{ template foo }}",
                "1:13: unexpected \"foo\" in template clause"},
        Mistake{"LongToken", "{{ define abcdefghijklm }}",
                "1:11: unexpected \"abcdefghij\"... in define clause"}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace hakem::gotemplate

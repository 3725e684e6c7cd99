#include "gotemplate/template.h"

#include <gmock/gmock.h>

#include <ostream>
#include <string>

#include "tests/support/matchers.h"

namespace hakem::gotemplate {
namespace {

constexpr Declaration kVariables[] = {{"labels", ValueType::kLabels},
                                      {"value", ValueType::kNumber}};

std::string Expanded(std::string_view source) {
  const Result<Template> parsed = Template::Parse(source, kVariables);
  if (!parsed) {
    return "error: " + parsed.error().message;
  }
  const Labels labels{{"game", "hokm"}, {"instance", "a:9187"}};
  const Value values[] = {&labels, 1e6};
  return parsed->Expand(values);
}

TEST(Template, CopiesTextUnchanged) {
  EXPECT_EQ(Expanded("50 % of }} { is\nnot {an action}"), "50 % of }} { is\nnot {an action}");
  EXPECT_EQ(Expanded(""), "");
}

TEST(Template, PrintsTheValueAndLabels) {
  EXPECT_EQ(Expanded("{{ $labels.game }}: {{ $value }} on {{$labels.instance}}"),
            "hokm: 1e+06 on a:9187");
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
  EXPECT_EQ(Template::Parse("{{ $value }}", kVariables)->source(), "{{ $value }}");
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
  EXPECT_THAT(Template::Parse(GetParam().source, kVariables), HasMessage(GetParam().message));
}

constexpr const char* kUnderstood = "only {{ $labels.name }} and {{ $value }} are understood";

INSTANTIATE_TEST_SUITE_P(
    Templates, Mistaken,
    ::testing::Values(
        Mistake{"Function", "a\nbc {{ humanize $value }}",
                std::string("2:4: unsupported action \"humanize $value\": ") + kUnderstood},
        Mistake{"Pipeline", "{{ $value | humanize }}",
                std::string("1:1: unsupported action \"$value | humanize\": ") + kUnderstood},
        Mistake{"DashThatIsNoMarker", "{{-3}}",
                std::string("1:1: unsupported action \"-3\": ") + kUnderstood},
        Mistake{"FieldOfField", "{{ $labels.game.name }}",
                std::string("1:1: unsupported action \"$labels.game.name\": ") + kUnderstood},
        Mistake{"Empty", "x{{ }}", "1:2: empty action"},
        Mistake{"Unclosed", "one\n{{ $value }", "2:1: \"{{\" without \"}}\""},
        Mistake{"UnknownVariable", "{{ $vlaue }}",
                "1:1: undefined variable \"$vlaue\", did you mean \"$value\"?"},
        Mistake{"VariableFarFromAny", "{{ $externalURL }}",
                "1:1: undefined variable \"$externalURL\""},
        Mistake{"FieldOfNumber", "{{ $value.game }}",
                "1:1: $value is a number, it has no field \"game\""},
        Mistake{"AllLabels", "{{ $labels }}",
                "1:1: $labels is a set of labels, name one of them: $labels.instance"}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace hakem::gotemplate

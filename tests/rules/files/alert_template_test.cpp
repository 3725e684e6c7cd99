// Templates of alerts expand as in Prometheus: each row of testdata/alert_templates.yml has a text
// and what `promtool test rules` 3.5 makes of it. The test tests/integration/peers/
// alert_templates_test.cpp gives the same rows to promtool.

#include "rules/files/alert_template.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <string_view>
#include <utility>

#include "gotemplate/functions/builtins.h"
#include "gotemplate/functions/prometheus.h"
#include "tests/support/alerting/template_cases.h"
#include "tests/support/matchers.h"

namespace hakem::rules {
namespace {

using ::testing::HasSubstr;

TEST(AlertTemplate, ExpandsEachRowAsPrometheusDoes) {
  const std::vector<TemplateCase> cases = ReadTemplateCases();
  ASSERT_GE(cases.size(), 400U);
  for (const TemplateCase& row : cases) {
    EXPECT_EQ(ExpandCase(row), row.expected) << row.text;
  }
}

TEST(AlertTemplate, HasRowsForEveryFunction) {
  std::string all;
  for (const TemplateCase& row : ReadTemplateCases()) {
    all += row.text + "\n";
  }
  for (const auto& table : {gotemplate::Builtins(), gotemplate::PrometheusFunctions()}) {
    for (const gotemplate::Function& function : table) {
      EXPECT_THAT(all, HasSubstr(function.name));
    }
  }
}

TEST(AlertTemplate, ReportsAMistakeInPlaceOfTheText) {
  const auto text = ParseAlertTemplate("{{ $value | first }}");
  ASSERT_THAT(text, IsOk());
  const TemplateContext context;
  EXPECT_EQ(AlertExpander("Busy", Labels{}, 5, context).Expand(*text),
            "<error expanding template: error executing template __alert_Busy: template: "
            "__alert_Busy:1:124: executing \"__alert_Busy\" at <first>: wrong type for value; "
            "expected template.queryResult; got float64>");
}

/// What `promtool test rules` 3.5 makes of labels of groups.
TEST(AlertTemplate, ReportsAMistakeThatItsFileKeptInPlaceOfTheText) {
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"{{ $labels.x ", "1: unclosed action"},
      {"{{ nofunc 1 }}", "1: function \"nofunc\" not defined"},
      {"line\n{{ if }}", "2: missing value for if"},
      {"{{ end }}", "1: unexpected {{end}}"},
      {"{{ $nope }}", "1: undefined variable \"$nope\""}};
  const TemplateContext context;
  for (const auto& [text, mistake] : rows) {
    const auto parsed = ParseAlertTemplate(text);
    ASSERT_FALSE(parsed) << text;
    const auto broken = gotemplate::Template::Broken(text, parsed.error());
    EXPECT_EQ(broken.source(), text);
    EXPECT_EQ(AlertExpander("A", Labels{}, 5, context).Expand(broken),
              fmt::format("<error expanding template: error parsing template __alert_A: template: "
                          "__alert_A:{}>",
                          mistake));
  }
}

TEST(AlertTemplate, ReportsAnErrorOfAQuery) {
  const auto text = ParseAlertTemplate("{{ query \"up\" }}");
  ASSERT_THAT(text, IsOk());
  const TemplateContext context{
      .query = [](std::string_view) -> Result<std::vector<gotemplate::QuerySample>> {
        return Fail(ErrorCode::kTimeout, "query timed out");
      }};
  EXPECT_THAT(AlertExpander("A", Labels{}, 5, context).Expand(*text),
              HasSubstr("error calling query: query timed out>"));
}

}  // namespace
}  // namespace hakem::rules

// What the shipped alerts promise beside their expressions: a section of the runbook each.

#include <gmock/gmock.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>
#include <string>
#include <variant>

#include "rules/definitions.h"
#include "rules/rule_file.h"
#include "tests/support/matchers.h"
#include "tests/support/paths.h"

namespace hakem::rules {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

std::string Runbook() {
  std::ifstream file(SourcePath("docs/runbook.md"));
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The anchor that Markdown renderers give a heading of one word.
std::string Anchor(std::string heading) {
  std::transform(heading.begin(), heading.end(), heading.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return "#" + heading;
}

std::string_view Annotation(const AlertRule& rule, std::string_view name) {
  const auto found = std::find_if(rule.annotations.begin(), rule.annotations.end(),
                                  [&](const NamedTemplate& each) { return each.name == name; });
  return found == rule.annotations.end() ? "" : std::string_view(found->text.source());
}

TEST(Runbook, HasASectionForEachShippedAlert) {
  const std::string runbook = Runbook();
  const auto groups = ParseRuleFile(kGamingRules, kGamingRulesFile);
  ASSERT_THAT(groups, IsOk());
  for (const Rule& each : groups->front().rules) {
    const auto& rule = std::get<AlertRule>(each);
    EXPECT_THAT(runbook, HasSubstr("\n## " + rule.name + "\n"));
    EXPECT_THAT(Annotation(rule, "runbook_url"), EndsWith("/docs/runbook.md" + Anchor(rule.name)));
  }
}

}  // namespace
}  // namespace hakem::rules

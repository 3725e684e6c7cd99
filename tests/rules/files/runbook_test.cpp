// What the shipped alerts promise beside their expressions: whose they are, how urgent, and a
// section of the runbook each.

#include <gmock/gmock.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "rules/files/definitions.h"
#include "rules/files/rule_file.h"
#include "tests/support/matchers.h"
#include "tests/support/paths.h"

namespace hakem::rules {
namespace {

using ::testing::AnyOf;
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

std::string Text(const std::vector<NamedTemplate>& texts, std::string_view name) {
  const auto found = std::find_if(texts.begin(), texts.end(),
                                  [&](const NamedTemplate& each) { return each.name == name; });
  return found == texts.end() ? "" : found->text.source();
}

std::vector<AlertRule> ShippedAlerts() {
  std::vector<AlertRule> alerts;
  for (const ShippedRuleFile& shipped : ShippedRuleFiles()) {
    auto groups = ParseRuleFile(shipped.yaml, shipped.file);
    EXPECT_THAT(groups, IsOk());
    for (RuleGroup& group : *groups) {
      EXPECT_EQ(shipped.file, "rules/definitions/" + group.name + ".yml");
      for (Rule& rule : group.rules) {
        alerts.push_back(std::move(std::get<AlertRule>(rule)));
      }
    }
  }
  return alerts;
}

/// The text between the heading of an alert and the next heading.
std::string SectionOf(const std::string& runbook, const std::string& alert) {
  const std::string heading = "\n## " + alert + "\n";
  const std::size_t start = runbook.find(heading);
  return start == runbook.npos
             ? ""
             : runbook.substr(start, runbook.find("\n## ", start + heading.size()) - start);
}

TEST(ShippedAlerts, HaveNamesOfTheirOwn) {
  std::set<std::string> names;
  for (const AlertRule& alert : ShippedAlerts()) {
    EXPECT_TRUE(names.insert(alert.name).second) << alert.name;
  }
  EXPECT_GE(names.size(), 46U);
}

TEST(ShippedAlerts, SayHowUrgentTheyAreAndForWhom) {
  for (const AlertRule& alert : ShippedAlerts()) {
    SCOPED_TRACE(alert.name);
    EXPECT_THAT(Text(alert.labels, "severity"), AnyOf("info", "warning", "critical"));
    EXPECT_THAT(Text(alert.labels, "team"), AnyOf("gaming", "database", "infrastructure"));
    EXPECT_EQ(alert.labels.size(), 2U);
    EXPECT_NE(Text(alert.annotations, "summary"), "");
    EXPECT_THAT(Text(alert.annotations, "description"), HasSubstr("$labels.instance"));
    EXPECT_GE(alert.policy.hold, std::chrono::seconds(30));
    EXPECT_LE(alert.policy.hold, std::chrono::minutes(30));
  }
}

TEST(ShippedAlerts, BeginWithTheDatabaseIfItIsDown) {
  const auto groups = ParseRuleFile(ShippedRuleFiles()[1].yaml, "postgresql.yml");
  ASSERT_THAT(groups, IsOk());
  EXPECT_EQ(NameOf(groups->front().rules.front()), "DatabaseDown");
}

TEST(Runbook, HasASectionForEachShippedAlert) {
  const std::string runbook = Runbook();
  for (const AlertRule& alert : ShippedAlerts()) {
    SCOPED_TRACE(alert.name);
    EXPECT_THAT(Text(alert.annotations, "runbook_url"),
                AnyOf(std::string(kRunbookInFiles) + Anchor(alert.name),
                      std::string(kRunbookOfMachinesInFiles) + Anchor(alert.name)));
    const std::string section = SectionOf(runbook, alert.name);
    EXPECT_THAT(section, HasSubstr("**Meaning.**"));
    EXPECT_THAT(section, HasSubstr("**Look at**"));
    EXPECT_THAT(section, HasSubstr("**Do.**"));
    EXPECT_THAT(runbook, HasSubstr("| [" + alert.name + "](" + Anchor(alert.name) + ") | " +
                                   Text(alert.labels, "severity") + " |"));
  }
}

TEST(Runbook, HasOneSectionForAnAlertAndNoOthers) {
  std::multiset<std::string> names;
  for (const AlertRule& alert : ShippedAlerts()) {
    names.insert(alert.name);
  }
  const std::string runbook = Runbook();
  std::multiset<std::string> headings;
  for (std::size_t at = 0; (at = runbook.find("\n## ", at)) != runbook.npos;) {
    at += 4;
    headings.insert(runbook.substr(at, runbook.find('\n', at) - at));
  }
  EXPECT_EQ(headings, names);
}

}  // namespace
}  // namespace hakem::rules

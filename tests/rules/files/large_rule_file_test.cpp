// Rule files that are large, or deep, or nonsense: what is valid loads, all else is refused with
// one clear error, and neither takes the process down.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "model/deep_thread.h"
#include "rules/files/rule_file.h"
#include "tests/support/matchers.h"
#include "yaml/map_reader.h"

namespace hakem::rules {
namespace {

using ::testing::HasSubstr;

constexpr std::size_t kTenMegabytes = 10'000'000;

/// Parses on a stack of known size, as the program does.
Result<std::vector<RuleGroup>> Parse(const std::string& text) {
  Result<std::vector<RuleGroup>> groups = Fail(ErrorCode::kInternal, "");
  RunDeep([&] { groups = ParseRuleFile(text, "a.yml"); });
  return groups;
}

std::string RuleOf(std::string_view expression) {
  return fmt::format("groups: [{{name: g, rules: [{{alert: A, expr: '{}'}}]}}]", expression);
}

/// Expects that a text is refused with one short line. Returns the line.
std::string Refusal(const std::string& text) {
  const auto groups = Parse(text);
  if (groups) {
    ADD_FAILURE() << "accepted: " << text.substr(0, 50);
    return "";
  }
  EXPECT_EQ(groups.error().code, ErrorCode::kInvalidInput);
  EXPECT_LE(groups.error().message.size(), 2100U);
  EXPECT_EQ(groups.error().message.find('\n'), std::string::npos);
  EXPECT_THAT(groups.error().message, HasSubstr("a.yml:"));
  return groups.error().message;
}

TEST(LargeRuleFile, LoadsWithTenMegabytesOfRules) {
  std::string text = "groups:\n";
  int rules = 0;
  while (text.size() < kTenMegabytes) {
    if (rules % 100 == 0) {
      fmt::format_to(std::back_inserter(text), "- name: group {}\n  rules:\n", rules / 100);
    }
    fmt::format_to(
        std::back_inserter(text),
        "  - alert: TooBusy{0}\n"
        "    expr: sum by (game) (rate(game_moves_total{{server=\"s{0}\"}}[5m])) > 100\n"
        "    for: 5m\n"
        "    labels: {{severity: warning, team: gaming}}\n"
        "    annotations: {{summary: '{{{{ $labels.game }}}} has {{{{ $value }}}} moves'}}\n",
        rules++);
  }
  const auto groups = Parse(text);
  ASSERT_THAT(groups, IsOk());
  std::size_t loaded = 0;
  for (const RuleGroup& group : *groups) {
    loaded += group.rules.size();
  }
  EXPECT_EQ(loaded, static_cast<std::size_t>(rules));
  EXPECT_EQ(NameOf(groups->back().rules.back()), fmt::format("TooBusy{}", rules - 1));
}

TEST(LargeRuleFile, IsRefusedIfItIsNonsense) {
  std::minstd_rand random(1);
  std::string letters;
  while (letters.size() < kTenMegabytes) {
    letters += random() % 40 == 0 ? '\n' : static_cast<char>(' ' + random() % 95);
  }
  EXPECT_NE(Refusal(letters), "");
  const std::string same_letter(kTenMegabytes, 'x');
  EXPECT_NE(Refusal(same_letter), "");
  EXPECT_NE(Refusal(fmt::format("groups: [{{name: {}, rule: []}}]", same_letter)), "");
  EXPECT_NE(Refusal(std::string(kTenMegabytes, '[')), "");
}

TEST(LargeRuleFile, IsRefusedIfItHasOnlyUnknownKeys) {
  std::string keys;
  for (int i = 0; keys.size() < kTenMegabytes; ++i) {
    fmt::format_to(std::back_inserter(keys), "k{:07}: 1\n", i);
  }
  EXPECT_EQ(Refusal(keys), "a.yml:1:1: unknown key \"k0000000\"");
  CheckedRuleFile checked;
  RunDeep([&] { checked = CheckRuleFile(keys, "a.yml", {}); });
  EXPECT_EQ(checked.errors.size(), yaml::kMostErrors + 1);
}

TEST(LargeRuleFile, IsRefusedIfItNestsTooDeeply) {
  constexpr std::size_t kMillion = 1'000'000;
  EXPECT_THAT(Refusal(fmt::format("groups: {}", std::string(kMillion, '{'))),
              HasSubstr("nested too deeply"));
  EXPECT_NE(Refusal(RuleOf(std::string(kMillion, '('))), "");
  EXPECT_NE(Refusal(RuleOf(std::string(100'000, '('))), "");
  std::string actions;
  for (int i = 0; i < 100'000; ++i) {
    actions += "{{ if 1 }}";
  }
  EXPECT_NE(Refusal(fmt::format("groups: [{{name: g, rules: [{{alert: A, expr: up, "
                                "annotations: {{a: '{}'}}}}]}}]",
                                actions)),
            "");
}

TEST(LargeRuleFile, IsRefusedIfARegularExpressionIsTooLarge) {
  std::string alternatives;
  for (int i = 0; i < 10'000; ++i) {
    alternatives += fmt::format("name{:05}|", i);
  }
  EXPECT_NE(Refusal(RuleOf(fmt::format("up{{a=~\"({}x){{500}}\"}}", alternatives))), "");
}

}  // namespace
}  // namespace hakem::rules

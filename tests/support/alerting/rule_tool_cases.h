#pragma once

#include <string>
#include <vector>

namespace hakem {

/// A rule file and what its check finds: a row of tests/ruletools/testdata/rule_files.yml.
struct RuleFileCase {
  std::string name;
  std::string text;
  std::string verdict;                ///< What promtool 3.5 says: "clean", "lint" or "broken".
  std::string hakem_verdict;          ///< The same but where the row has a reason for a difference.
  std::vector<std::string> promtool;  ///< Messages of promtool 3.5.
  std::vector<std::string> hakem;     ///< Messages of Hakem.
};

std::vector<RuleFileCase> ReadRuleFileCases();

/// A file of unit tests and whether it passes: a row of tests/ruletools/testdata/test_files.yml.
struct TestFileCase {
  std::string name;
  bool passes = false;
  std::vector<std::string> arguments;  ///< Options of the command.
  std::string rules;                   ///< The file rules.yml beside it.
  std::string test;
  std::vector<std::string> promtool;  ///< Messages of promtool 3.5.
  std::vector<std::string> hakem;     ///< Messages of Hakem.
};

std::vector<TestFileCase> ReadTestFileCases();

}  // namespace hakem

#pragma once

#include <string>

namespace hakem::ruletools {

/// A rule file and its content.
struct RuleFileText {
  std::string path;
  std::string text;
};

}  // namespace hakem::ruletools

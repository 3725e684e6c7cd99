#include "exporter/setup/setup_plan.h"

#include <fmt/format.h>

#include <algorithm>

namespace hakem::exporter {
namespace {

/// Each line of `text` as a comment.
std::string Comment(std::string_view text) {
  std::string comment;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    comment += fmt::format("-- {}\n", line);
    text.remove_prefix(std::min(text.size(), line.size() + 1));
  }
  return comment;
}

}  // namespace

std::string FormatSetupPlan(const SetupPlan& plan) {
  std::string script;
  for (const SetupStep& step : plan.steps) {
    // psql takes the rest of the line for the meta-command's argument.
    const char* end = step.kind == SetupStep::Kind::kPassword ? "\n" : ";\n";
    script += fmt::format("{}{}{}\n", Comment(step.why), step.sql, end);
  }
  for (const std::string& advice : plan.advice) {
    script += fmt::format("{}\n", Comment(advice));
  }
  return script;
}

}  // namespace hakem::exporter

#include "dba/setup_plan.h"

#include <fmt/format.h>

#include <algorithm>

#include "dba/script_text.h"

namespace hakem::exporter {
namespace {

/// Whoever owns the database may have set each of these otherwise for all who connect to it. psql
/// reads what follows by them: where a text in quotes ends, and which bytes are one character.
constexpr std::string_view kBegin = R"(\set ON_ERROR_STOP on
SET ROLE NONE;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SET search_path = pg_catalog, pg_temp;
SET default_transaction_read_only = off;
SET statement_timeout = 0;
)";

/// Each line of `text` as a comment.
std::string Comment(std::string_view text) {
  std::string comment;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    comment += fmt::format("-- {}\n", VisibleText(line));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
  }
  return comment;
}

std::string FormatStep(const SetupStep& step) {
  // psql takes the rest of the line for the meta-command's argument.
  const char* end = step.kind == SetupStep::Kind::kPassword ? "\n" : ";\n";
  return fmt::format("{}{}{}\n", Comment(step.why), step.sql, end);
}

}  // namespace

std::string FormatSetupPlan(const SetupPlan& plan, Transactions transactions) {
  std::string script;
  if (!plan.steps.empty()) {
    script += fmt::format("{}{}\n", kBegin, transactions == Transactions::kOne ? "BEGIN;\n" : "");
    for (const SetupStep& step : plan.steps) {
      script += FormatStep(step);
    }
    script += transactions == Transactions::kOne ? "COMMIT;\n\n" : "";
  }
  for (const std::string& advice : plan.advice) {
    script += fmt::format("{}\n", Comment(advice));
  }
  return script;
}

bool RunsTheSame(const SetupPlan& left, const SetupPlan& right) {
  return std::equal(
      left.steps.begin(), left.steps.end(), right.steps.begin(), right.steps.end(),
      [](const SetupStep& a, const SetupStep& b) { return a.sql == b.sql && a.kind == b.kind; });
}

bool Contains(const SetupPlan& plan, const SetupStep& step) {
  return std::any_of(plan.steps.begin(), plan.steps.end(), [&](const SetupStep& each) {
    return each.sql == step.sql && each.kind == step.kind;
  });
}

}  // namespace hakem::exporter

#include "dba/plan.h"

#include <fmt/format.h>

#include <algorithm>

#include "dba/script_text.h"

namespace hakem::dba {
namespace {

/// The owner of the database may have changed each of these settings for all who connect to it.
/// They decide how psql reads the rest: where a quoted text ends, and which bytes are one
/// character.
constexpr std::string_view kPinnedSettings = R"(\set ON_ERROR_STOP on
SET ROLE NONE;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SET search_path = pg_catalog, pg_temp;
SET default_transaction_read_only = off;
SET statement_timeout = 0;
)";

/// Makes a comment of each line.
std::string Comment(std::string_view text) {
  std::string comment;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    comment += fmt::format("-- {}\n", VisibleText(line));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
  }
  return comment;
}

std::string FormatStep(const PlanStep& step) {
  // psql would take a semicolon for a part of the meta-command's argument.
  const char* end = step.kind == PlanStep::Kind::kPassword ? "\n" : ";\n";
  return fmt::format("{}{}{}\n", Comment(step.why), step.sql, end);
}

}  // namespace

std::string FormatPlan(const Plan& plan, Transactions transactions) {
  std::string script;
  if (!plan.steps.empty()) {
    script += fmt::format("{}{}\n", kPinnedSettings,
                          transactions == Transactions::kOne ? "BEGIN;\n" : "");
    for (const PlanStep& step : plan.steps) {
      script += FormatStep(step);
    }
    script += transactions == Transactions::kOne ? "COMMIT;\n\n" : "";
  }
  for (const std::string& advice : plan.advice) {
    script += fmt::format("{}\n", Comment(advice));
  }
  return script;
}

bool HasSameStatements(const Plan& left, const Plan& right) {
  return std::equal(
      left.steps.begin(), left.steps.end(), right.steps.begin(), right.steps.end(),
      [](const PlanStep& a, const PlanStep& b) { return a.sql == b.sql && a.kind == b.kind; });
}

bool Contains(const Plan& plan, const PlanStep& step) {
  return std::any_of(plan.steps.begin(), plan.steps.end(), [&](const PlanStep& each) {
    return each.sql == step.sql && each.kind == step.kind;
  });
}

}  // namespace hakem::dba

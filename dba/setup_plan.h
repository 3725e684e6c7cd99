#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hakem::exporter {

/// One statement of `hakem setup`, and why it is needed.
struct SetupStep {
  enum class Kind {
    kStatement,
    kPassword,  ///< `sql` is psql's `\password`: what is sent instead has the password's verifier.
  };

  std::string sql;  ///< Without a semicolon; never with a password.
  std::string why;
  Kind kind = Kind::kStatement;

  bool operator==(const SetupStep&) const = default;
};

/// What `hakem setup` would run, in order, and what only a person can decide. A value.
struct SetupPlan {
  std::vector<SetupStep> steps = {};
  std::vector<std::string> advice = {};  ///< Each a line or a few.

  bool operator==(const SetupPlan&) const = default;
};

/// How a plan's statements are run.
enum class Transactions {
  kOne,   ///< All in one transaction.
  kNone,  ///< Each alone: CREATE INDEX CONCURRENTLY refuses a transaction.
};

/// The plan as a script that psql runs: settings that no database's or role's own may change, then
/// each statement below its reason, advice as comments. Names and texts of the catalogs cannot end
/// a comment or a statement, nor reach a terminal as control characters.
std::string FormatSetupPlan(const SetupPlan& plan, Transactions transactions);

/// Whether both have the same statements in the same order; reasons and advice may differ.
bool RunsTheSame(const SetupPlan& left, const SetupPlan& right);

/// Whether the plan has this statement.
bool Contains(const SetupPlan& plan, const SetupStep& step);

}  // namespace hakem::exporter

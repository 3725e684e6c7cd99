#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hakem::dba {

/// A statement and why it is needed.
struct PlanStep {
  enum class Kind {
    kStatement,
    kPassword,  ///< `sql` is psql's `\password`. Hakem sends a verifier of the password instead.
  };

  std::string sql;  ///< Without a semicolon; never with a password.
  std::string why;
  Kind kind = Kind::kStatement;

  bool operator==(const PlanStep&) const = default;
};

/// The statements that prepare a database, in order, and advice on what only a person can decide.
struct Plan {
  std::vector<PlanStep> steps = {};
  std::vector<std::string> advice = {};  ///< Each of one or several lines.

  bool operator==(const Plan&) const = default;
};

/// How a plan's statements are run.
enum class Transactions {
  kOne,   ///< All in one transaction.
  kNone,  ///< One by one: CREATE INDEX CONCURRENTLY refuses a transaction.
};

/// Formats the plan as a script for psql. It first pins the settings that its meaning depends on,
/// because those of a database or role could differ. Reasons and advice are comments. Names and
/// texts of the catalogs can neither end a comment or a statement nor steer a terminal.
std::string FormatPlan(const Plan& plan, Transactions transactions);

/// Whether both plans have the same statements in the same order. Ignores reasons and advice.
bool HasSameStatements(const Plan& left, const Plan& right);

/// Whether the plan has this statement. Ignores its reason.
bool Contains(const Plan& plan, const PlanStep& step);

}  // namespace hakem::dba

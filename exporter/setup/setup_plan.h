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

/// The plan as a script that psql runs: each statement below its reason, advice as comments.
std::string FormatSetupPlan(const SetupPlan& plan);

}  // namespace hakem::exporter

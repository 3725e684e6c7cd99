#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "model/time.h"
#include "promql/syntax/ast.h"
#include "rules/files/rule_file.h"
#include "tsdb/series/queryable.h"

namespace hakem::rules {

/// How long a metric is remembered after its last sample.
inline constexpr Duration kInputMemory = std::chrono::hours(24);

/// How often a group looks for the metrics that its rules read.
inline constexpr Duration kInputCheckInterval = std::chrono::minutes(1);

/// Returns the names of the metrics that an expression reads, sorted and unique. Leaves out
/// selectors without a name, the arguments of absent() and absent_over_time(), which expect a
/// metric to be missing, and ALERTS and ALERTS_FOR_STATE, which end with each alert.
std::vector<std::string> InputMetrics(const promql::Expr& expr);

/// The metrics that the rules of a group read. Immutable, thread-safe.
///
/// Labels are ignored: most selectors name a state, such as a session that waits for a lock, which
/// is absent while all is well.
class RuleInputs {
 public:
  explicit RuleInputs(const std::vector<Rule>& rules);

  /// Returns for the name of each rule whether it reads a metric that had a sample within
  /// kInputMemory before `now` and has none that a query at `now` would find. The keys are valid as
  /// long as the rules.
  std::map<std::string_view, bool> FindMissing(const tsdb::Queryable& samples, Timestamp now) const;

 private:
  std::map<std::string, std::vector<std::string_view>> rules_by_metric_;
  std::vector<std::string_view> rules_;
};

}  // namespace hakem::rules

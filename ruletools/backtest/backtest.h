#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "model/labels.h"
#include "model/result.h"
#include "model/time.h"
#include "rules/files/rule_file.h"
#include "tsdb/series/queryable.h"

namespace hakem::ruletools {

struct BacktestOptions {
  Timestamp from;
  Timestamp to;              ///< Included. Not before `from`.
  Duration interval;         ///< For groups without one; more than 0.
  std::string external_url;  ///< For templates.
};

/// A time in which an alert would have fired.
struct FiredAlert {
  Labels labels;
  Timestamp fired_at;
  std::optional<Timestamp> resolved_at;  ///< Nothing if it still fires at the end.
  double value = 0;                      ///< When it began to fire.
};

/// What a rule would have done.
struct BacktestedRule {
  std::string group;
  std::string name;
  bool is_alert = true;
  std::vector<FiredAlert> fired = {};  ///< In the order in which they began.
  std::size_t failures = 0;            ///< Evaluations that failed.
  std::string last_error = {};         ///< Why the last of them failed; else "".
};

struct BacktestResult {
  Timestamp from;
  Timestamp to;
  std::size_t evaluations = 0;    ///< How many of groups.
  std::size_t notifications = 0;  ///< Messages that each receiver would have got.
  std::vector<BacktestedRule> rules = {};
};

/// The most evaluations of groups in a backtest.
inline constexpr std::size_t kMostBacktestEvaluations = 5'000'000;

/// Evaluates the rules at each interval from `from` to `to` over past data. All alerts begin
/// inactive. What the rules record replaces what the data has under these names, and so do `ALERTS`
/// and `ALERTS_FOR_STATE`. Errors: kInvalidInput: more than kMostBacktestEvaluations. Pure.
Result<BacktestResult> Backtest(std::vector<rules::RuleGroup> groups, const tsdb::Queryable& data,
                                const BacktestOptions& options);

/// How long the alert fired, until the end of the backtest at the latest.
Duration FiringTime(const FiredAlert& alert, Timestamp end);

/// Formats the result for people: a summary, then each rule that fired or failed.
std::string FormatBacktest(const BacktestResult& result);

/// Formats the result as JSON: `{"from", "to", "evaluations", "notifications", "rules": [{"group",
/// "name", "type", "failures", "last_error", "fired": [{"labels", "fired_at", "resolved_at",
/// "seconds", "value"}]}]}`.
std::string BacktestJson(const BacktestResult& result);

}  // namespace hakem::ruletools

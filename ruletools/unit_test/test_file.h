#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "model/labels.h"
#include "model/result.h"
#include "model/time.h"
#include "rules/alerts/alert_state.h"

namespace hakem::ruletools {

/// A series with its values, in the notation of promql::ParseSeries, not parsed yet.
struct InputSeries {
  std::string place;  ///< `file:line:column`, as in all of these types.
  std::string series;
  std::string values;
};

/// An alert that must fire. Its labels include `alertname`. As in promtool, a label that is
/// expected to be empty is one that no alert has.
struct ExpectedAlert {
  std::map<std::string, std::string> labels;
  rules::Annotations annotations;

  auto operator<=>(const ExpectedAlert&) const = default;
};

/// All alerts with one name that must fire at a time.
struct AlertTest {
  std::string place;
  Duration eval_time{0};  ///< Since the start of the test.
  std::string alert;
  std::vector<ExpectedAlert> alerts;
};

/// A sample of an expression's result; its labels are not parsed yet.
struct ExpectedSample {
  std::string labels;
  double value = 0;
};

/// The result that an expression must have at a time.
struct ExprTest {
  std::string place;
  Duration eval_time{0};  ///< Since the start of the test.
  std::string expr;
  std::vector<ExpectedSample> samples;
};

/// A history and what the rules must make of it: Prometheus' test group.
struct RuleTest {
  std::string place;
  std::string name;      ///< As in the file; may be empty.
  std::string title;     ///< Its name, or `unnamed#2`.
  Duration interval{0};  ///< Between the values of the input series; more than 0.
  Timestamp start{};     ///< When the values and the evaluations begin.
  std::vector<InputSeries> input;
  std::vector<AlertTest> alert_tests;
  std::vector<ExprTest> expr_tests;
  Labels external_labels;
  std::string external_url;
};

/// A file of unit tests for rules.
struct TestFile {
  std::string path;
  std::vector<std::string> rule_files;  ///< As in the file: patterns, relative to it.
  Duration evaluation_interval{0};      ///< For all groups of rules; more than 0.
  std::vector<std::string> group_order;
  bool fuzzy_compare = false;  ///< Whether values may differ in their last bit.
  std::vector<RuleTest> tests;
};

/// The longest duration in a test file.
inline constexpr Duration kLongestTestDuration = std::chrono::years(100);

/// Parses a file in the format of `promtool test rules` of Prometheus 3.14. `ignores_unknown_keys`:
/// whether keys that the format does not have are skipped. Errors: kInvalidInput,
/// `file:line:column: …`. Source:
/// prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules.
Result<TestFile> ParseTestFile(std::string_view text, std::string_view path,
                               bool ignores_unknown_keys = false);

}  // namespace hakem::ruletools

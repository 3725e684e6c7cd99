#include "ruletools/unit_test/run_test.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <map>
#include <memory>
#include <utility>
#include <variant>

#include "format/number.h"
#include "format/quote.h"
#include "model/clock.h"
#include "model/duration.h"
#include "promql/engine.h"
#include "promql/parsing/parser.h"
#include "promql/parsing/series_text.h"
#include "rules/files/rule_file.h"
#include "rules/group.h"
#include "ruletools/history/quiet_instruments.h"
#include "ruletools/unit_test/input_history.h"

namespace hakem::ruletools {
namespace {

struct Value {
  Labels labels;
  double value = 0;
};

/// Whether two values are equal, perhaps but for the last bit. NaN equals nothing, as in promtool.
bool AreEqual(double one, double other, bool fuzzy) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  return one == other || (fuzzy && (std::nextafter(one, -kInfinity) == other ||
                                    std::nextafter(one, kInfinity) == other));
}

bool AreEqual(const std::vector<Value>& expected, const std::vector<Value>& got, bool fuzzy) {
  return std::equal(expected.begin(), expected.end(), got.begin(), got.end(),
                    [fuzzy](const Value& one, const Value& other) {
                      return one.labels == other.labels && AreEqual(one.value, other.value, fuzzy);
                    });
}

void SortByLabels(std::vector<Value>& values) {
  std::stable_sort(values.begin(), values.end(),
                   [](const Value& one, const Value& other) { return one.labels < other.labels; });
}

std::vector<std::string> Shown(const std::vector<Value>& values) {
  std::vector<std::string> texts;
  for (const Value& value : values) {
    texts.push_back(fmt::format("{} {}", FormatSeries(value.labels),
                                FormatNumber(value.value, NumberForm::kGeneral)));
  }
  return texts;
}

std::vector<std::string> Shown(const std::vector<ExpectedAlert>& alerts) {
  std::vector<std::string> texts;
  for (const ExpectedAlert& alert : alerts) {
    std::string labels;
    for (const auto& [name, value] : alert.labels) {
      labels += fmt::format("{}{}={}", labels.empty() ? "" : ", ", name, Quote(value));
    }
    std::string& text = texts.emplace_back(fmt::format("{{{}}}", labels));
    for (const auto& [name, value] : alert.annotations) {
      text += fmt::format("\n  {}: {}", name, Quote(value));
    }
  }
  return texts;
}

/// Reads all rule files. Every error becomes a failure of the test.
std::vector<rules::RuleGroup> ReadRules(std::span<const RuleFileText> files,
                                        const TestOptions& options, const RuleTest& test,
                                        TestOutcome& outcome) {
  std::vector<rules::RuleGroup> groups;
  for (const RuleFileText& file : files) {
    rules::CheckedRuleFile checked = rules::CheckRuleFile(
        file.text, file.path,
        {.features = options.features, .ignores_unknown_keys = options.ignores_unknown_keys});
    for (const Error& error : checked.errors) {
      outcome.failures.push_back(
          {.place = test.place, .subject = "the rules", .error = error.message});
    }
    std::move(checked.groups.begin(), checked.groups.end(), std::back_inserter(groups));
  }
  return groups;
}

/// Sorts the groups as `group_eval_order` says. Like promtool, groups that it does not name come
/// with the first one.
void Order(std::vector<rules::RuleGroup>& groups, const std::vector<std::string>& order) {
  const auto place = [&order](const rules::RuleGroup& group) {
    const auto found = std::find(order.begin(), order.end(), group.name);
    return found == order.end() ? 0 : found - order.begin();
  };
  std::stable_sort(groups.begin(), groups.end(),
                   [&](const auto& one, const auto& other) { return place(one) < place(other); });
}

/// One run of a test: its history, and the rules with their state.
class TestRun {
 public:
  TestRun(const TestFile& file, const RuleTest& test, InputHistory input,
          const TestOptions& options, TestOutcome& outcome)
      : file_(file),
        test_(test),
        input_(std::move(input)),
        options_(options),
        outcome_(outcome),
        store_({.retention = std::chrono::years(200),
                .max_bytes = std::numeric_limits<std::uint64_t>::max()}) {}

  void AddGroups(std::vector<rules::RuleGroup> definitions) {
    Order(definitions, file_.group_order);
    for (rules::RuleGroup& definition : definitions) {
      definition.external_labels = test_.external_labels;
      for (rules::Rule& rule : definition.rules) {
        std::visit([this](auto& one) { one.default_step = file_.evaluation_interval; }, rule);
      }
      groups_.push_back(
          std::make_unique<rules::Group>(std::move(definition), file_.evaluation_interval,
                                         rules::Group::Deps{.clock = SystemClock(),
                                                            .instruments = instruments_,
                                                            .log = Log::Silent().For("rules"),
                                                            .history = &store_,
                                                            .external_url = test_.external_url}));
    }
  }

  void Run() {
    if (LastTime() / file_.evaluation_interval >=
        static_cast<Duration::rep>(kMostTestEvaluations)) {
      return FailTest("the test", fmt::format("more than {} evaluations", kMostTestEvaluations));
    }
    for (Duration at{0}; at <= LastTime(); at += file_.evaluation_interval) {
      if (!Evaluate(at)) {
        return;
      }
      CheckAlerts(at);
    }
    for (const ExprTest& expr : test_.expr_tests) {
      Check(expr);
    }
  }

 private:
  /// When the last expectation is due, since the start.
  Duration LastTime() const {
    Duration last{0};
    for (const AlertTest& alert : test_.alert_tests) {
      last = std::max(last, alert.eval_time);
    }
    for (const ExprTest& expr : test_.expr_tests) {
      last = std::max(last, expr.eval_time);
    }
    return last;
  }

  /// Evaluates all groups at `at` after the start. Returns whether every rule could be evaluated.
  bool Evaluate(Duration at) {
    input_.AppendUntil(store_, test_.start + at);
    for (const auto& group : groups_) {
      group->Evaluate(store_, test_.start + at);
    }
    ++outcome_.evaluations;
    const std::size_t before = outcome_.failures.size();
    statuses_.clear();
    for (const auto& group : groups_) {
      statuses_.push_back(group->Status());
      for (const rules::RuleStatus& rule : statuses_.back().rules) {
        if (!rule.last_error.empty()) {
          FailTest(fmt::format("rule {} at {}", rule.name, FormatDuration(at)), rule.last_error);
        }
      }
    }
    return outcome_.failures.size() == before;
  }

  void FailTest(std::string subject, std::string error) {
    outcome_.failures.push_back(
        {.place = test_.place, .subject = std::move(subject), .error = std::move(error)});
  }

  /// Compares the alerts of all expectations from `at` until before the next evaluation, in the
  /// order of their times.
  void CheckAlerts(Duration at) {
    std::multimap<Duration, const AlertTest*> due;
    for (const AlertTest& alert : test_.alert_tests) {
      if (alert.eval_time >= at && alert.eval_time < at + file_.evaluation_interval) {
        due.emplace(alert.eval_time, &alert);
      }
    }
    for (const auto& [time, alert] : due) {
      Check(*alert);
    }
  }

  void Check(const AlertTest& test) {
    ++outcome_.checks;
    std::vector<ExpectedAlert> expected = test.alerts;
    std::vector<ExpectedAlert> firing = Firing(test.alert);
    std::sort(expected.begin(), expected.end());
    std::sort(firing.begin(), firing.end());
    if (expected != firing) {
      outcome_.failures.push_back(
          {.place = test.place,
           .subject = fmt::format("alert {} at {}", test.alert, FormatDuration(test.eval_time)),
           .error = "",
           .expected = Shown(expected),
           .got = Shown(firing)});
    }
  }

  /// The firing alerts of a name, of all groups.
  std::vector<ExpectedAlert> Firing(std::string_view name) const {
    std::vector<ExpectedAlert> firing;
    for (const rules::GroupStatus& group : statuses_) {
      for (const rules::RuleStatus& rule : group.rules) {
        for (const rules::ActiveAlert& alert : rule.alerts) {
          if (rule.name == name && alert.state == rules::AlertState::kFiring) {
            ExpectedAlert& found = firing.emplace_back();
            for (const LabelView label : alert.labels) {
              found.labels.emplace(label.name, label.value);
            }
            found.annotations = alert.annotations;
          }
        }
      }
    }
    return firing;
  }

  void Check(const ExprTest& test) {
    ++outcome_.checks;
    const std::string subject =
        fmt::format("expression {} at {}", Quote(test.expr), FormatDuration(test.eval_time));
    const Result<std::vector<Value>> got = Evaluate(test);
    const Result<std::vector<Value>> expected = got ? Expected(test) : got;
    if (!expected) {
      outcome_.failures.push_back(
          {.place = test.place, .subject = subject, .error = expected.error().message});
    } else if (!AreEqual(*expected, *got, file_.fuzzy_compare)) {
      outcome_.failures.push_back({.place = test.place,
                                   .subject = subject,
                                   .error = "",
                                   .expected = Shown(*expected),
                                   .got = Shown(*got)});
    }
  }

  Result<std::vector<Value>> Evaluate(const ExprTest& test) const {
    const auto expr = promql::Parse(test.expr, options_.features);
    if (!expr) {
      return Fail(expr.error());
    }
    const auto evaluation = promql::EvaluateInstant(
        **expr, store_, test_.start + test.eval_time,
        {.default_step = file_.evaluation_interval, .features = options_.features});
    if (!evaluation) {
      return Fail(evaluation.error());
    }
    std::vector<Value> values;
    if (const auto* vector = std::get_if<promql::Vector>(&evaluation->value)) {
      for (const promql::VectorElement& element : *vector) {
        values.push_back({element.labels, element.value});
      }
    } else if (const auto* scalar = std::get_if<promql::Scalar>(&evaluation->value)) {
      values.push_back({Labels{}, scalar->value});
    } else {
      return Fail(ErrorCode::kInvalidInput, "the result is neither a vector nor a scalar");
    }
    SortByLabels(values);
    return values;
  }

  static Result<std::vector<Value>> Expected(const ExprTest& test) {
    std::vector<Value> values;
    for (const ExpectedSample& sample : test.samples) {
      const bool has_labels = sample.labels.find_first_not_of(" \t\r\n") != std::string::npos;
      Result<Labels> labels =
          has_labels ? promql::ParseSeriesLabels(sample.labels) : Result<Labels>(Labels{});
      if (!labels) {
        return Fail(ErrorCode::kInvalidInput,
                    fmt::format("labels {}: {}", Quote(sample.labels), labels.error().message));
      }
      values.push_back({*std::move(labels), sample.value});
    }
    SortByLabels(values);
    return values;
  }

  const TestFile& file_;
  const RuleTest& test_;
  InputHistory input_;
  const TestOptions& options_;
  TestOutcome& outcome_;
  QuietInstruments instruments_;
  tsdb::Store store_;
  std::vector<std::unique_ptr<rules::Group>> groups_;
  std::vector<rules::GroupStatus> statuses_;  ///< After the last evaluation.
};

}  // namespace

TestOutcome RunTest(const TestFile& file, const RuleTest& test,
                    std::span<const RuleFileText> rule_files, const TestOptions& options) {
  TestOutcome outcome{.title = test.title};
  Result<InputHistory> input = InputHistory::Parse(test);
  if (!input) {
    outcome.failures.push_back(
        {.place = test.place, .subject = "the input series", .error = input.error().message});
    return outcome;
  }
  std::vector<rules::RuleGroup> groups = ReadRules(rule_files, options, test, outcome);
  for (const AlertTest& alert : test.alert_tests) {
    if (alert.alert.empty()) {
      outcome.failures.push_back({.place = alert.place,
                                  .subject = "an item of alert_rule_test",
                                  .error = "needs a name under \"alertname\""});
      break;
    }
  }
  if (outcome.failures.empty()) {
    TestRun run(file, test, *std::move(input), options, outcome);
    run.AddGroups(std::move(groups));
    run.Run();
  }
  return outcome;
}

}  // namespace hakem::ruletools

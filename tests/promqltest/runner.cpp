#include "tests/promqltest/runner.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <optional>

#include "promql/engine.h"
#include "promql/parsing/parser.h"
#include "tests/promqltest/at_modified.h"
#include "tests/promqltest/compare.h"
#include "tests/promqltest/memory_store.h"
#include "tests/promqltest/script.h"

namespace hakem::promqltest {
namespace {

using promql::Evaluation;

/// The engine settings of the upstream suite.
promql::EngineOptions SuiteOptions() {
  promql::EngineOptions options;
  options.max_samples = 10'000;
  options.features = promql::Features::All();
  return options;
}

Result<promql::ExprPtr> Parse(std::string_view query) {
  return promql::Parse(query, promql::Features::All());
}

/// A range query's own times differ from those of its middle.
bool NamesQueryTimes(std::string_view query) {
  constexpr std::string_view kCalls[] = {"start()", "end()", "range()", "step()"};
  return std::any_of(std::begin(kCalls), std::end(kCalls),
                     [&](std::string_view call) { return query.find(call) != query.npos; });
}

/// Runs the commands of one script in order.
class Runner {
 public:
  explicit Runner(const Report& report) : report_(report) {}

  void Run(const Command& command) {
    if (std::holds_alternative<Clear>(command.what)) {
      store_.Clear();
    } else if (const auto* load = std::get_if<Load>(&command.what)) {
      store_.Add(*load);
    } else {
      RunCase(std::get<Eval>(command.what), command.line);
    }
  }

  const Tally& tally() const { return tally_; }

 private:
  void RunCase(const Eval& eval, int line) {
    if (const std::optional<std::string> why = ReasonToSkip(eval)) {
      ++tally_.skipped;
      report_(line, "skipped", *why);
      return;
    }
    const std::string difference = eval.step ? RunRange(eval) : RunInstant(eval);
    if (difference.empty()) {
      ++tally_.passed;
    } else if (SelectsNativeHistogram(eval)) {
      ++tally_.skipped;
      report_(line, "skipped", fmt::format("selects a native histogram: {}", difference));
    } else {
      ++tally_.failed;
      report_(line, "failed", fmt::format("{}: {}", eval.expr, difference));
    }
  }

  static std::optional<std::string> ReasonToSkip(const Eval& eval) {
    for (const SeriesText& series : eval.series) {
      if (std::any_of(series.items.begin(), series.items.end(),
                      [](const SeriesItem& item) { return item.is_histogram; })) {
        return "expects a native histogram";
      }
    }
    return std::nullopt;
  }

  /// A case with native histograms passes if they make no difference, and never fails.
  bool SelectsNativeHistogram(const Eval& eval) const {
    const Result<promql::ExprPtr> expr = Parse(eval.expr);
    bool native = false;
    if (expr) {
      VisitSelectors(**expr, [&](const std::vector<Matcher>& matchers) {
        native = native || store_.HasNativeHistogram(matchers);
      });
    }
    return native;
  }

  std::string RunRange(const Eval& eval) const {
    return Judge(
        eval, EvaluateRangeOf(eval.expr, {eval.start, eval.end, *eval.step}),
        [&](const Evaluation& evaluation) { return CompareValue(eval, evaluation.value); });
  }

  std::string RunInstant(const Eval& eval) const {
    std::string difference = RunInstantAt(eval, eval.expr, eval.start);
    const std::optional<std::string> fixed = FixedAt(eval.expr, eval.start);
    if (!fixed) {
      return difference;
    }
    for (const Timestamp time : OtherTimes(eval.start)) {
      if (!difference.empty()) {
        break;
      }
      difference = RunInstantAt(eval, *fixed, time);
      if (!difference.empty()) {
        difference = fmt::format("as {} at {}: {}", *fixed, ToUnixSeconds(time), difference);
      }
    }
    return difference;
  }

  std::string RunInstantAt(const Eval& eval, const std::string& query, Timestamp time) const {
    const Result<promql::ExprPtr> expr = Parse(query);
    const Result<Evaluation> evaluation =
        expr ? EvaluateInstant(**expr, store_, time, options_) : Fail(expr.error());
    std::string difference =
        Judge(eval, evaluation, [&](const Evaluation& e) { return CompareValue(eval, e.value); });
    const bool has_range_form =
        !eval.ordered && !eval.text && !eval.matrix_times && !NamesQueryTimes(query);
    if (!difference.empty() || !has_range_form || !evaluation) {
      return difference;
    }
    constexpr Duration kMinute = std::chrono::minutes(1);
    difference = Judge(
        eval, EvaluateRangeOf(query, {time - kMinute, time + kMinute, kMinute}),
        [&](const Evaluation& e) {
          return CompareMiddle(eval, std::get<promql::Matrix>(e.value), time);
        },
        /*with_annotations=*/false);
    return difference.empty() ? "" : fmt::format("as range query: {}", difference);
  }

  Result<Evaluation> EvaluateRangeOf(const std::string& query,
                                     const promql::StepRange& range) const {
    const Result<promql::ExprPtr> expr = Parse(query);
    return expr ? EvaluateRange(**expr, store_, range, options_) : Fail(expr.error());
  }

  template <typename Compare>
  static std::string Judge(const Eval& eval, const Result<Evaluation>& evaluation, Compare compare,
                           bool with_annotations = true) {
    if (!evaluation) {
      return ExpectsError(eval) ? CompareError(eval, evaluation.error().message)
                                : fmt::format("error: {}", evaluation.error().message);
    }
    if (ExpectsError(eval)) {
      return "expected an error";
    }
    std::string difference =
        with_annotations ? CompareAnnotations(eval, evaluation->annotations) : "";
    return difference.empty() ? compare(*evaluation) : difference;
  }

  const Report& report_;
  const promql::EngineOptions options_ = SuiteOptions();
  MemoryStore store_;
  Tally tally_;
};

}  // namespace

Tally& Tally::operator+=(const Tally& other) {
  passed += other.passed;
  failed += other.failed;
  skipped += other.skipped;
  return *this;
}

Result<Tally> RunScript(std::string_view script, const Report& report) {
  const Result<std::vector<Command>> commands = ParseScript(script);
  if (!commands) {
    return Fail(commands.error());
  }
  Runner runner(report);
  for (const Command& command : *commands) {
    runner.Run(command);
  }
  return runner.tally();
}

}  // namespace hakem::promqltest

#include "tests/differential/differential_run.h"

#include <fmt/format.h>

#include <algorithm>

#include "tests/differential/history.h"
#include "tests/differential/query_generator.h"
#include "tests/support/programs/prometheus_server.h"

namespace hakem::differential {
namespace {

constexpr std::size_t kMostKept = 100;

/// The shares of range queries and of garbled queries; the others are instant queries.
Query MakeQuery(Random& random, QueryGenerator& generator, Duration shift) {
  const auto instant = [&] {
    return History::kBegin + std::chrono::seconds(15 * random.Below(240)) + shift;
  };
  const std::size_t kind = random.Below(100);
  if (kind < 45) {
    return {generator.Any(), instant(), {}};
  }
  if (kind < 60) {
    return {generator.Garbled(), instant(), {}};
  }
  constexpr int kSteps[] = {15, 60, 77, 300};
  const Duration step = std::chrono::seconds(random.OneOf(kSteps));
  const Timestamp start = instant();
  return {generator.Plottable(), start,
          promql::StepRange{start, start + step * static_cast<int>(random.Below(40)), step}};
}

bool HasValue(const Answer& answer) {
  return answer.error.empty() && (!answer.rows.empty() || answer.type == "string");
}

/// Runs the queries of one run on both engines.
class Run {
 public:
  Run(const RunOptions& options, const History& history, const PrometheusServer& prometheus)
      : options_(options), history_(history), prometheus_(prometheus) {}

  Result<void> Put(const Query& query) {
    const Result<Answer> prometheus = Ask(query);
    if (!prometheus) {
      return Fail(prometheus.error());
    }
    Answer hakem = AskHakem(query, history_, options_.features);
    if (!options_.compares_annotations) {
      hakem.warnings = prometheus->warnings;
      hakem.infos = prometheus->infos;
    }
    const std::string difference = Difference(*prometheus, hakem);
    if (const LanguageChange* change =
            difference.empty() ? nullptr : ChangeIn(query, *prometheus, hakem)) {
      ++result_.changed[change->name];
      return {};
    }
    if (!difference.empty() && IsUndecided(query, *prometheus)) {
      ++result_.undecided;
      return {};
    }
    ++result_.compared;
    result_.with_value += HasValue(*prometheus) ? 1U : 0U;
    result_.with_error += prometheus->error.empty() ? 0U : 1U;
    if (!difference.empty() && result_.differences.size() < kMostKept) {
      result_.differences.push_back(fmt::format("{}\n    {}", query.ToString(), difference));
    }
    return {};
  }

  RunResult TakeResult() { return std::move(result_); }

 private:
  Result<Answer> Ask(const Query& query) const {
    return prometheus_.GetWhole(query.Path()).and_then(ReadAnswer);
  }

  const LanguageChange* ChangeIn(const Query& query, const Answer& prometheus,
                                 const Answer& hakem) const {
    const auto found =
        std::find_if(options_.changes.begin(), options_.changes.end(),
                     [&](const LanguageChange& c) { return c.applies(query, prometheus, hakem); });
    return found == options_.changes.end() ? nullptr : &*found;
  }

  /// Whether Prometheus' answer may depend on the order of a Go map: which of equal elements topk
  /// keeps, and which error comes first.
  bool IsUndecided(const Query& query, const Answer& first) const {
    constexpr int kTimes = 12;
    for (int i = 0; i < kTimes; ++i) {
      const Result<Answer> again = Ask(query);
      if (again && !Difference(first, *again).empty()) {
        return true;
      }
    }
    return false;
  }

  const RunOptions& options_;
  const History& history_;
  const PrometheusServer& prometheus_;
  RunResult result_;
};

}  // namespace

Result<RunResult> RunDifferential(const RunOptions& options) {
  Random random(options.seed);
  const History history(random, options.sample_shift);
  const auto server =
      PrometheusServer::Start("global: {}\n", {.tree = options.tree,
                                               .history = history.OpenMetrics(),
                                               .features = promql::Names(options.features)});
  if (!server) {
    return Fail(server.error());
  }
  QueryGenerator generator(random, options.unused_functions, options.features);
  const Duration shift{options.sample_shift == Duration{0} ? 0 : 43};
  Run run(options, history, **server);
  for (std::size_t i = 0; i < options.queries; ++i) {
    if (Result<void> put = run.Put(MakeQuery(random, generator, shift)); !put) {
      return Fail(put.error());
    }
  }
  return run.TakeResult();
}

}  // namespace hakem::differential

// What it costs to evaluate a query, without HTTP: so many series, at one instant or at many steps.

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "model/deep_thread.h"
#include "promql/engine.h"
#include "promql/parsing/parser.h"
#include "promql/syntax/pretty_printer.h"
#include "tsdb/store/store.h"

namespace hakem::promql {
namespace {

constexpr Timestamp kStart{std::chrono::seconds(1'767'225'600)};
constexpr Duration kInterval = std::chrono::seconds(15);
constexpr int kRounds = 640;  // Two hours and forty minutes.
constexpr Timestamp kEnd = kStart + kInterval * (kRounds - 1);
constexpr Duration kStep = std::chrono::seconds(5);

/// Counters `a` and `b`, so many of each, with a label of ten values and one of its own.
std::unique_ptr<tsdb::Store> Fill(int series) {
  auto store = std::make_unique<tsdb::Store>();
  std::vector<Sample> samples;
  for (const std::string_view name : {"a", "b"}) {
    for (int i = 0; i < series; ++i) {
      samples.push_back({std::make_shared<const Series>(Labels{{"__name__", std::string(name)},
                                                               {"g", std::to_string(i % 10)},
                                                               {"l", std::to_string(i)}}),
                         0});
    }
  }
  std::minstd_rand random(1);
  for (int round = 0; round < kRounds; ++round) {
    for (Sample& sample : samples) {
      sample.value += static_cast<double>(random() % 10'000) / 1000;
    }
    store->Append(kStart + kInterval * round, samples);
  }
  return store;
}

/// Range(0): series; range(1): steps.
void Evaluate(benchmark::State& state, std::string_view query) {
  const auto store = Fill(static_cast<int>(state.range(0)));
  const auto steps = state.range(1);
  const ExprPtr expr = *Parse(query);
  for (auto _ : state) {
    auto evaluation = steps == 1
                          ? EvaluateInstant(*expr, *store, kEnd)
                          : EvaluateRange(*expr, *store, {kEnd - kStep * (steps - 1), kEnd, kStep});
    if (!evaluation) {
      state.SkipWithError(evaluation.error().message.c_str());
      return;
    }
    benchmark::DoNotOptimize(evaluation->value);
  }
  state.SetItemsProcessed(state.iterations() * state.range(0) * steps);
}

void SeriesAndSteps(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"series", "steps"})->Unit(benchmark::kMicrosecond);
  benchmark->Args({1, 1})->Args({100, 1})->Args({1000, 1})->Args({100, 1000});
}

BENCHMARK_CAPTURE(Evaluate, BM_Promql_Selector, "a")->Apply(SeriesAndSteps);
BENCHMARK_CAPTURE(Evaluate, BM_Promql_Rate, "rate(a[1m])")->Apply(SeriesAndSteps);
BENCHMARK_CAPTURE(Evaluate, BM_Promql_IncreaseOfAnHour, "increase(a[1h])")->Apply(SeriesAndSteps);
BENCHMARK_CAPTURE(Evaluate, BM_Promql_SumOverTime, "sum_over_time(a[10m])")->Apply(SeriesAndSteps);
BENCHMARK_CAPTURE(Evaluate, BM_Promql_SumBy, "sum by (g) (a)")->Apply(SeriesAndSteps);
BENCHMARK_CAPTURE(Evaluate, BM_Promql_Join, "a - b")->Apply(SeriesAndSteps);
BENCHMARK_CAPTURE(Evaluate, BM_Promql_Or, "a or b{l=~'.*[0-4]$'}")->Apply(SeriesAndSteps);
BENCHMARK_CAPTURE(Evaluate, BM_Promql_Subquery, "max_over_time(rate(a[1m])[10m:1m])")
    ->Apply(SeriesAndSteps);

/// What `/api/v1/format_query` does for an expression of so many levels, without parsing it.
void BM_Promql_PrettyPrint(benchmark::State& state) {
  std::string query = "a";
  for (std::int64_t depth = 1; depth < state.range(0); depth += 2) {
    query = fmt::format("sum by (g, l) (abs({}))", query);
  }
  RunDeep([&] {
    const ExprPtr expr = *Parse(query);
    for (auto _ : state) {
      benchmark::DoNotOptimize(PrettyPrint(*expr));
    }
  });
}

BENCHMARK(BM_Promql_PrettyPrint)
    ->ArgName("levels")
    ->Unit(benchmark::kMicrosecond)
    ->Arg(9)
    ->Arg(63)
    ->Arg(511);

}  // namespace
}  // namespace hakem::promql

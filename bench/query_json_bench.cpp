#include <benchmark/benchmark.h>

#include <cmath>
#include <string>

#include "web/api_v1/json/value.h"

namespace hakem::web {
namespace {

constexpr int kSeries = 100;
constexpr int kPoints = 1000;

/// A hundred series of a thousand points each; `changing`: no value is that of the point before.
promql::Value Answer(bool changing) {
  promql::Matrix matrix;
  for (int series = 0; series < kSeries; ++series) {
    promql::MatrixRow row{Labels{{"__name__", "x"}, {"i", std::to_string(series)}}, {}};
    for (int i = 0; i < kPoints; ++i) {
      row.points.push_back(
          {Timestamp(std::chrono::milliseconds(1'764'000'000'500 + std::int64_t{15'000} * i)),
           changing ? std::sin(i + series) : 42.5});
    }
    matrix.push_back(std::move(row));
  }
  return matrix;
}

void WriteAnswer(benchmark::State& state, bool changing) {
  const promql::Value value = Answer(changing);
  std::size_t bytes = 0;
  for (auto _ : state) {
    std::string json;
    AppendValue(json, value);
    bytes = json.size();
    benchmark::DoNotOptimize(json);
  }
  state.SetItemsProcessed(state.iterations() * kSeries * kPoints);
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes));
}

void BM_QueryJson_Write_Changing(benchmark::State& state) {
  WriteAnswer(state, true);
}

void BM_QueryJson_Write_Constant(benchmark::State& state) {
  WriteAnswer(state, false);
}

BENCHMARK(BM_QueryJson_Write_Changing);
BENCHMARK(BM_QueryJson_Write_Constant);

}  // namespace
}  // namespace hakem::web

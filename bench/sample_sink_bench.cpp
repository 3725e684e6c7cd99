// What one round costs a collector besides its SQL: writing values to series that are known.

#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "collectors/core/sample_sink.h"

namespace hakem::collectors {
namespace {

constexpr std::string_view kLabels[] = {"datname", "schemaname", "relname"};
constexpr FamilySpec kFamily{"pg_stat_user_tables_n_live_tup", MetricType::kGauge, "Live rows.",
                             kLabels};

void BM_SampleSink_Round(benchmark::State& state) {
  std::vector<std::string> tables;
  for (int i = 0; i < state.range(0); ++i) {
    tables.push_back("table_" + std::to_string(i));
  }
  SampleSink sink({});
  for (auto _ : state) {
    for (const std::string& table : tables) {
      sink.Write(kFamily, {"hokm", "public", table}, 1.0);
    }
    benchmark::DoNotOptimize(sink.Take());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

BENCHMARK(BM_SampleSink_Round)->ArgName("series")->Arg(100)->Arg(10000);

}  // namespace
}  // namespace hakem::collectors

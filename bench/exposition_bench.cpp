// A metrics page from a snapshot: ours, and prometheus-cpp's serializer on the same series.

#include <benchmark/benchmark.h>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <sstream>
#include <string>
#include <vector>

#include "web/exposition/exposition.h"
#include "web/exposition/page_cache.h"
#include "web/http/gzip.h"

namespace hakem::web {
namespace {

constexpr int kSeriesPerFamily = 100;

std::string TableName(int i) {
  return "table_" + std::to_string(i);
}

double ValueOf(int i) {
  return i % 3 == 0 ? i * 1000.0 : i * 0.125;
}

Snapshot MakeSnapshot(int series) {
  Snapshot snapshot;
  for (int i = 0; i < series; ++i) {
    if (i % kSeriesPerFamily == 0) {
      snapshot.families.push_back({"pg_family_" + std::to_string(i / kSeriesPerFamily),
                                   MetricType::kGauge,
                                   "A family.",
                                   {}});
    }
    MetricFamily& family = snapshot.families.back();
    family.samples.push_back(
        {std::make_shared<const Series>(
             Labels{{"__name__", family.name}, {"datname", "hokm"}, {"relname", TableName(i)}}),
         ValueOf(i)});
  }
  return snapshot;
}

std::vector<prometheus::MetricFamily> MakePeerFamilies(int series) {
  std::vector<prometheus::MetricFamily> families;
  for (int i = 0; i < series; ++i) {
    if (i % kSeriesPerFamily == 0) {
      families.push_back({"pg_family_" + std::to_string(i / kSeriesPerFamily),
                          "A family.",
                          prometheus::MetricType::Gauge,
                          {}});
    }
    prometheus::ClientMetric metric;
    metric.label = {{"datname", "hokm"}, {"relname", TableName(i)}};
    metric.gauge.value = ValueOf(i);
    families.back().metric.push_back(std::move(metric));
  }
  return families;
}

void BM_Exposition_RenderText(benchmark::State& state) {
  const Snapshot snapshot = MakeSnapshot(static_cast<int>(state.range(0)));
  for (auto _ : state) {
    benchmark::DoNotOptimize(RenderText(snapshot));
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void BM_Exposition_RenderOpenMetrics(benchmark::State& state) {
  const Snapshot snapshot = MakeSnapshot(static_cast<int>(state.range(0)));
  for (auto _ : state) {
    benchmark::DoNotOptimize(Render(snapshot, PageFormat::kOpenMetrics));
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

/// All that a scrape of a new snapshot costs but for the network.
void BM_Exposition_GzippedPage(benchmark::State& state) {
  const auto snapshot =
      std::make_shared<const Snapshot>(MakeSnapshot(static_cast<int>(state.range(0))));
  for (auto _ : state) {
    benchmark::DoNotOptimize(PageCache().PageOf(snapshot)->Gzipped(PageFormat::kOpenMetrics));
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void BM_Exposition_Gzip(benchmark::State& state) {
  const std::string page = RenderText(MakeSnapshot(static_cast<int>(state.range(0))));
  for (auto _ : state) {
    benchmark::DoNotOptimize(Gzip(page));
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

void BM_Exposition_PrometheusCppSerializer(benchmark::State& state) {
  const auto families = MakePeerFamilies(static_cast<int>(state.range(0)));
  const prometheus::TextSerializer serializer;
  for (auto _ : state) {
    std::ostringstream page;
    serializer.Serialize(page, families);
    benchmark::DoNotOptimize(page);
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

BENCHMARK(BM_Exposition_RenderText)->ArgName("series")->Arg(300)->Arg(30000);
BENCHMARK(BM_Exposition_RenderOpenMetrics)->ArgName("series")->Arg(300)->Arg(30000);
BENCHMARK(BM_Exposition_GzippedPage)->ArgName("series")->Arg(300)->Arg(30000);
BENCHMARK(BM_Exposition_Gzip)->ArgName("series")->Arg(300)->Arg(30000);
BENCHMARK(BM_Exposition_PrometheusCppSerializer)->ArgName("series")->Arg(300)->Arg(30000);

}  // namespace
}  // namespace hakem::web

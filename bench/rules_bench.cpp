// What a round of rules costs: so many alerting rules over 20,000 series, on one thread, with
// everything that a running Hakem does for them but the journal on disk. bench/rules/compare.py
// gives the same rules and samples to a Prometheus; for it, the program also writes them to files:
//
//   rules_bench --write FOLDER RULES [many]
//
// writes FOLDER/rules.yml and FOLDER/push/<milliseconds>.bin, bodies of remote write requests that
// end at that time since 1970: first the history, then a round each 15 seconds for ten minutes.

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bench/rules/remote_write.h"
#include "bench/rules/workload.h"
#include "exporter/own_metrics/registry_instruments.h"
#include "model/clock.h"
#include "rules/files/rule_file.h"
#include "rules/rule_set.h"
#include "tsdb/store/store.h"

namespace hakem::bench {
namespace {

constexpr int kHistoryRounds = static_cast<int>(kSampleSpan / kSampleInterval) + 1;

/// The samples up to `end`.
std::unique_ptr<tsdb::Store> Fill(Timestamp end) {
  auto store = std::make_unique<tsdb::Store>();
  std::vector<Sample> samples = FirstSamples();
  for (int round = 0; round < kHistoryRounds; ++round) {
    SetRound(samples, round);
    store->Append(end - kSampleInterval * (kHistoryRounds - 1 - round), samples);
  }
  return store;
}

std::size_t CountFiring(const rules::RulesStatus& status) {
  std::size_t firing = 0;
  for (const auto& group : status.groups) {
    for (const rules::RuleStatus& rule : group->rules) {
      firing += rule.state() == rules::AlertState::kFiring ? rule.alerts.size() : 0;
    }
  }
  return firing;
}

std::size_t CountFailures(const rules::RulesStatus& status) {
  std::size_t failures = 0;
  for (const auto& group : status.groups) {
    for (const rules::RuleStatus& rule : group->rules) {
      failures += rule.health == rules::RuleHealth::kError ? 1U : 0U;
    }
  }
  return failures;
}

/// Range(0): rules.
void Evaluate(benchmark::State& state, Sharing sharing) {
  constexpr Timestamp kEnd{std::chrono::seconds(1'767'225'600)};
  const std::unique_ptr<tsdb::Store> store = Fill(kEnd);
  exporter::RegistryInstruments instruments;
  rules::RuleSet rules(
      *rules::ParseRuleFile(RuleFile(static_cast<int>(state.range(0)), sharing), "bench.yml"),
      {.collection_interval = kSampleInterval, .external_url = "http://localhost:9187"},
      {.sink = [](std::span<const Alert>) {},
       .clock = SystemClock(),
       .instruments = instruments,
       .log = Log::Silent().For("rules"),
       .history = store.get()});
  Timestamp now = kEnd;
  rules.Evaluate(*store, now);  // The alerts begin to fire.
  for (auto _ : state) {
    now += Duration(1);
    rules.Evaluate(*store, now);
  }
  const auto status = rules.Status();
  state.SetItemsProcessed(state.iterations() * state.range(0));
  state.counters["firing"] = static_cast<double>(CountFiring(*status));
  state.counters["failures"] = static_cast<double>(CountFailures(*status));
}

void Rules(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgName("rules")->Unit(benchmark::kMillisecond)->Arg(1000)->Arg(10'000);
}

BENCHMARK_CAPTURE(Evaluate, BM_Rules_Evaluate, Sharing::kNone)->Apply(Rules);
BENCHMARK_CAPTURE(Evaluate, BM_Rules_EvaluateShared, Sharing::kMany)->Apply(Rules);

void WriteFile(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

/// Writes the rounds from `first` to before `end` as one request. Round 0 is at `begin`.
void WriteRounds(const std::string& folder, Timestamp begin, int first, int end) {
  std::vector<Sample> samples = FirstSamples();
  std::vector<WrittenSeries> written;
  for (const Sample& sample : samples) {
    written.push_back({sample.series->labels, {}});
  }
  for (int round = first; round < end; ++round) {
    SetRound(samples, round);
    for (std::size_t i = 0; i < samples.size(); ++i) {
      written[i].points.push_back({begin + kSampleInterval * round, samples[i].value});
    }
  }
  const Timestamp last = begin + kSampleInterval * (end - 1);
  WriteFile(fmt::format("{}/push/{}.bin", folder, last.time_since_epoch().count()),
            RemoteWriteBody(written));
}

void WriteWorkload(const std::string& folder, int rules, Sharing sharing) {
  constexpr int kRoundsOfAHistoryFile = 40;
  constexpr int kFutureRounds = 40;
  WriteFile(folder + "/rules.yml", RuleFile(rules, sharing));
  const Timestamp begin = SystemClock().Now() - kSampleInterval * (kHistoryRounds - 1);
  for (int round = 0; round < kHistoryRounds; round += kRoundsOfAHistoryFile) {
    WriteRounds(folder, begin, round, std::min(round + kRoundsOfAHistoryFile, kHistoryRounds));
  }
  for (int round = kHistoryRounds; round < kHistoryRounds + kFutureRounds; ++round) {
    WriteRounds(folder, begin, round, round + 1);
  }
}

}  // namespace
}  // namespace hakem::bench

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv, argv + argc);
  if (arguments.size() >= 4 && arguments[1] == "--write") {
    const bool shares = arguments.size() > 4 && arguments[4] == "many";
    hakem::bench::WriteWorkload(
        arguments[2], std::atoi(arguments[3].c_str()),
        shares ? hakem::bench::Sharing::kMany : hakem::bench::Sharing::kNone);
    return 0;
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) {
    return 1;
  }
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}

#include <fmt/format.h>

#include <algorithm>

#include "cli/commands.h"
#include "cli/output/output.h"
#include "cli/stop_signals.h"
#include "model/duration.h"

namespace hakem::exporter {

int Simulate(const CommonOptions& common, const simulator::SimulationOptions& options) {
  const StopSignals signals;
  const Log log = common.MakeLog(LogLevel::kInfo);
  const auto report =
      simulator::Simulate(options, SystemClock(), log.For("simulator"), signals.token());
  if (!report) {
    return Report(report.error());
  }
  Print(fmt::format(
      "{} moves in {} ({:.1f}/s); games: {} opened, {} started, {} completed, {} abandoned, {} "
      "cancelled; {} disconnections, {} outages\n",
      report->moves, FormatDuration(report->elapsed),
      static_cast<double>(report->moves) / std::max(ToSeconds(report->elapsed), 0.001),
      report->games_opened, report->games_started, report->games_completed, report->games_abandoned,
      report->games_cancelled, report->disconnections, report->outages));
  return report->left_games_live ? kWrong : kFine;
}

int LoadHistory(const CommonOptions& common, const simulator::HistoryOptions& options) {
  const StopSignals signals;
  const Log log = common.MakeLog(LogLevel::kInfo);
  const auto report =
      simulator::LoadHistory(options, SystemClock(), log.For("simulator"), signals.token());
  if (!report) {
    return Report(report.error());
  }
  Print(fmt::format("{} moves of {} games in {}\n", report->moves, report->games,
                    FormatDuration(report->elapsed)));
  return kFine;
}

}  // namespace hakem::exporter

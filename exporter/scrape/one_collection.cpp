#include "exporter/scrape/one_collection.h"

#include <fmt/format.h>

#include "exporter/own_metrics/own_metrics.h"
#include "exporter/scrape/game_search.h"
#include "exporter/scrape/scrape_loop.h"
#include "exporter/scrape/target_setup.h"
#include "exporter/session/postgres_session.h"

namespace hakem::exporter {
namespace {

constexpr Duration kSearchFor = std::chrono::seconds(10);

void AddFailures(const TargetStatus& status, std::vector<std::string>& problems) {
  for (const CollectorStatus& collector : status.collectors) {
    if (!collector.unmet_requirement && !collector.error.empty()) {
      problems.push_back(
          fmt::format("collector {} failed: {}", collector.spec->name, collector.error));
    }
  }
}

void AddMissingGames(const config::Config& config, const TargetStatus& status,
                     const Snapshot& snapshot, SessionFactory& sessions,
                     std::vector<std::string>& problems) {
  const auto missing = MissingGames(config.target.games, status, snapshot);
  if (missing.empty()) {
    return;
  }
  const auto search = SearchGames(sessions, config.target.games, SystemClock(), kSearchFor);
  const std::string database = status.facts ? status.facts->database : std::string();
  for (const std::string& game : missing) {
    problems.push_back(DescribeMissingGame(database, game, search));
  }
}

}  // namespace

Result<OneCollection> CollectNow(const config::Config& config, const Log& log) {
  const Clock& clock = SystemClock();
  const OwnMetrics own(config.target.thresholds, ServerLabels(config.target), clock.Now());
  PostgresSessionFactory sessions(config.target.conninfo, config.target.password_file, clock,
                                  config.target.password_command, log.For("session"));
  TargetStatus status;
  auto snapshot = CollectOnce(MakeScrapeOptions(config),
                              {.sessions = sessions,
                               .clock = clock,
                               .log = log,
                               .own_families = [&] { return own.Collect(); }},
                              &status);
  if (!snapshot) {
    return Fail(snapshot.error());
  }
  OneCollection collected{.snapshot = std::make_shared<const Snapshot>(*std::move(snapshot)),
                          .problems = {}};
  AddFailures(status, collected.problems);
  AddMissingGames(config, status, *collected.snapshot, sessions, collected.problems);
  return collected;
}

Result<TargetStatus> InspectNow(const config::Config& config, const Log& log) {
  const Clock& clock = SystemClock();
  PostgresSessionFactory sessions(config.target.conninfo, config.target.password_file, clock,
                                  config.target.password_command, log.For("session"));
  return InspectOnce(MakeScrapeOptions(config), {.sessions = sessions, .clock = clock, .log = log});
}

}  // namespace hakem::exporter

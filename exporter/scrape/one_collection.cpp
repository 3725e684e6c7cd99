#include "exporter/scrape/one_collection.h"

#include "exporter/own_metrics/own_metrics.h"
#include "exporter/scrape/scrape_loop.h"
#include "exporter/scrape/target_setup.h"
#include "exporter/session/pqxx_session.h"

namespace hakem::exporter {

Result<std::shared_ptr<const Snapshot>> CollectNow(const Config& config, const Log& log) {
  const Clock& clock = SystemClock();
  const OwnMetrics own(config.target.thresholds, ServerLabels(config.target), clock.Now());
  PqxxSessionFactory sessions(config.target.conninfo, config.target.password_file, clock,
                              config.target.password_command, log.For("session"));
  return CollectOnce(MakeScrapeOptions(config), {.sessions = sessions,
                                                 .clock = clock,
                                                 .log = log,
                                                 .own_families = [&] { return own.Collect(); }})
      .map([](Snapshot snapshot) { return std::make_shared<const Snapshot>(std::move(snapshot)); });
}

Result<TargetStatus> InspectNow(const Config& config, const Log& log) {
  const Clock& clock = SystemClock();
  PqxxSessionFactory sessions(config.target.conninfo, config.target.password_file, clock,
                              config.target.password_command, log.For("session"));
  return InspectOnce(MakeScrapeOptions(config), {.sessions = sessions, .clock = clock, .log = log});
}

}  // namespace hakem::exporter

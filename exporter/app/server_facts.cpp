#include "exporter/app/server_facts.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "exporter/scrape/target_setup.h"
#include "model/duration.h"
#include "promql/engine.h"

namespace hakem::exporter {

web::ServerFacts DescribeServer(const config::Config& config, const web::ListenAddress& address,
                                const std::string& external_url, Timestamp started) {
  const promql::EngineOptions engine;
  return {.version = HAKEM_VERSION,
          .flags = {{"enable-feature",
                     fmt::format("{}", fmt::join(promql::Names(config.features), ","))},
                    {"query.lookback-delta", FormatDuration(engine.lookback)},
                    {"query.max-concurrency", fmt::format("{}", config.memory.requests)},
                    {"query.max-samples", fmt::format("{}", engine.max_samples)},
                    {"query.timeout", FormatDuration(engine.timeout)},
                    {"storage.tsdb.retention.time", FormatDuration(config.history.retention)},
                    {"web.cors.origin", config.cors},
                    {"web.external-url", external_url},
                    {"web.listen-address", config.listen}},
          .external_url = external_url,
          .target_labels = TargetLabels(config, address),
          .collection_interval = config.collect.fast,
          .retention = config.history.retention,
          .started = started};
}

}  // namespace hakem::exporter

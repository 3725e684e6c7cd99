#pragma once

#include "config/config.h"
#include "exporter/scrape/scrape_loop.h"
#include "model/labels.h"
#include "web/http/listen_address.h"

namespace hakem::exporter {

/// The label `server` of everything about the target; no label if the target has no name.
Labels ServerLabels(const config::TargetConfig& target);

/// `job` and `instance`, which a Prometheus would add when it scrapes this Hakem. Rules see them.
Labels TargetLabels(const config::Config& config, const web::ListenAddress& address);

/// The options for collecting from the target. `game_store` keeps the counters of games; it may be
/// null.
ScrapeOptions MakeScrapeOptions(const config::Config& config,
                                collectors::GameStore* game_store = nullptr);

/// The address as `host:port` for other machines. If it is the address of all interfaces, the host
/// is the name of this machine.
std::string ReachableAddress(const web::ListenAddress& address);

}  // namespace hakem::exporter

#pragma once

#include "config/config.h"
#include "exporter/scrape/scrape_loop.h"
#include "model/labels.h"
#include "web/http/listen_address.h"

namespace hakem::exporter {

/// `server`, for what belongs to the target; none for a target from the environment.
Labels ServerLabels(const TargetConfig& target);

/// `job` and `instance`: what a Prometheus that scrapes this Hakem would put on every series, and
/// so what the rules see.
Labels TargetLabels(const Config& config, const web::ListenAddress& address);

/// How the target is collected from. `game_store` keeps the games' counters; null: nobody does.
ScrapeOptions MakeScrapeOptions(const Config& config, collectors::GameStore* game_store = nullptr);

/// `host:port` under which others reach the address: the machine's name where it is all
/// interfaces'.
std::string Reachable(const web::ListenAddress& address);

}  // namespace hakem::exporter

#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>

#include "config/config.h"
#include "exporter/app/alerting_part.h"
#include "exporter/app/collection_part.h"
#include "exporter/app/config_in_force.h"
#include "exporter/app/history_part.h"
#include "exporter/app/http_listener.h"
#include "exporter/app/part_deps.h"
#include "exporter/app/resolved_config.h"
#include "exporter/probe/probe_handler.h"
#include "model/result.h"
#include "web/http/router.h"

namespace hakem::exporter {

/// The part that answers HTTP requests: pages, metrics, Prometheus' API and `/probe`.
class WebPart {
 public:
  /// The parts whose data it serves, all of which outlive this, and how to reload.
  struct Sources {
    HistoryPart& history;
    AlertingPart& alerting;
    CollectionPart& collection;
    const ConfigInForce& config;
    std::function<Result<void>()> reload;
  };

  WebPart(const config::Config& config, const ResolvedConfig& resolved, Sources sources,
          const PartDeps& deps);

  /// Starts to listen. Errors: kInvalidInput: the web.yml is wrong, or the address is busy or not
  /// this machine's.
  Result<void> Start();

  /// Replaces the options of `/probe`. All other settings need a restart. Thread-safe.
  void Apply(ProbeOptions probe) { probe_.SetOptions(std::move(probe)); }

  /// Ends running queries, then waits for all requests and stops to listen.
  void Stop();

 private:
  web::Router MakeRouter(const config::Config& config, web::ServerFacts facts);

  const PartDeps deps_;
  const Sources sources_;
  const HttpListenerOptions listener_options_;
  const std::string telemetry_path_;
  ProbeHandler probe_;
  std::stop_source stop_queries_;
  web::Router router_;
  std::unique_ptr<HttpListener> listener_;
};

}  // namespace hakem::exporter

#pragma once

#include <string>

#include "exporter/config/config.h"
#include "model/time.h"
#include "web/prometheus_api/status/server_facts.h"
#include "web/server/listen_address.h"

namespace hakem::exporter {

/// What the status pages of the API tell. `external_url`: the one in force.
web::ServerFacts DescribeServer(const Config& config, const web::ListenAddress& address,
                                const std::string& external_url, Timestamp started);

}  // namespace hakem::exporter

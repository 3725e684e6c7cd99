#pragma once

#include <string>

#include "config/config.h"
#include "model/time.h"
#include "web/context/program_facts.h"
#include "web/http/listen_address.h"

namespace hakem::exporter {

/// The facts for the status endpoints of the API. `external_url`: the one in force.
web::ServerFacts DescribeServer(const config::Config& config, const web::ListenAddress& address,
                                const std::string& external_url, Timestamp started);

}  // namespace hakem::exporter

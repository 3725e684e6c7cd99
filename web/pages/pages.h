#pragma once

#include "web/endpoint/endpoint.h"

namespace hakem::web {

/// The pages for people, and redirects from the pages of Prometheus.
extern const EndpointTable kPageEndpoints;

}  // namespace hakem::web

#pragma once

#include "web/endpoint/endpoint.h"

namespace hakem::web {

/// Endpoints of Prometheus' API for features that Hakem does not have, such as remote write.
extern const EndpointTable kNotOfferedEndpoints;

}  // namespace hakem::web

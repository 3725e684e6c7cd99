#pragma once

#include "web/endpoint/endpoint.h"

namespace hakem::web {

/// What Hakem collects from and where it sends alerts, such as `/api/v1/targets`.
extern const EndpointTable kTargetEndpoints;

}  // namespace hakem::web

#pragma once

#include "web/endpoint/endpoint.h"

namespace hakem::web {

/// Type, help and unit of metrics, such as `/api/v1/metadata`.
extern const EndpointTable kMetadataEndpoints;

}  // namespace hakem::web

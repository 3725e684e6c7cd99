#pragma once

#include "web/endpoint/endpoint.h"

namespace hakem::web {

/// For those who operate Hakem, such as `/-/reload`.
extern const EndpointTable kOperationEndpoints;

}  // namespace hakem::web

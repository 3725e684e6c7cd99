#pragma once

#include <string>
#include <string_view>

#include "web/http/http.h"

namespace hakem::web {

/// An error response to a request for `path`. Below /api/ it has the envelope of Prometheus' API
/// with `error_type` (envelope.h); elsewhere it is plain text.
Response Refusal(std::string_view path, int status, std::string_view error_type,
                 std::string_view message);

/// A Refusal() of status 503 with a Retry-After header.
Response Overloaded(std::string_view path, std::string_view message);

}  // namespace hakem::web

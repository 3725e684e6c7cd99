#pragma once

#include <string>
#include <string_view>

#include "web/http/http.h"

namespace hakem::web {

/// An answer that refuses a request for `path`: below /api/ in the envelope of Prometheus' API with
/// `error_type` (envelope.h), elsewhere as plain text.
Response Refusal(std::string_view path, int status, std::string_view error_type,
                 std::string_view message);

/// 503 with Retry-After, as Refusal.
Response Overloaded(std::string_view path, std::string_view message);

}  // namespace hakem::web

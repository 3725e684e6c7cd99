#pragma once

#include <string>
#include <string_view>

#include "web/http.h"

namespace hakem::web {

/// `{"status":"success","data":…}`, the envelope of Prometheus' HTTP API. Requires: `data` is a
/// JSON document.
Response ApiSuccess(std::string_view data);

/// `{"status":"error","errorType":"bad_data","error":…}`. Types and statuses are Prometheus':
/// bad_data 400, execution 422, not_found 404, timeout and unavailable 503, internal 500.
Response ApiError(int status, std::string_view error_type, std::string_view message);

}  // namespace hakem::web

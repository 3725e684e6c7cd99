#pragma once

#include <string>

#include "cli/query/query_request.h"
#include "model/result.h"

namespace hakem::cli {

/// The content type of QueryRequest::form.
inline constexpr std::string_view kFormType = "application/x-www-form-urlencoded";

/// Asks a Hakem or a Prometheus. Returns the body of the answer, which may be an error of the
/// query. Errors: kUnavailable, kTimeout, kRefused: there is no answer; kInvalidInput: not a URL.
Result<std::string> AskServer(const std::string& server, const QueryRequest& request);

}  // namespace hakem::cli

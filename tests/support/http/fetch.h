#pragma once

#include <string>

#include "model/result.h"

namespace hakem {

/// The body of the response to a GET, whatever its status and size. Errors: kUnavailable.
Result<std::string> Fetch(const std::string& url);

}  // namespace hakem

#pragma once

#include <string>

#include "model/result.h"

namespace hakem {

/// The body of whatever a server answers to a GET, of any size. Errors: kUnavailable.
Result<std::string> Fetch(const std::string& url);

}  // namespace hakem

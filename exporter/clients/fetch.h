#pragma once

#include <string>

#include "model/result.h"
#include "model/time.h"

namespace hakem::exporter {

/// Gets a page of a Hakem, up to 64 MiB. Errors: kUnavailable: also for a status other than 200;
/// kTimeout; kRefused; kInvalidInput: not a URL.
Result<std::string> Fetch(const std::string& url, Duration timeout);

}  // namespace hakem::exporter

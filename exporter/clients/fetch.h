#pragma once

#include <string>

#include "model/result.h"
#include "model/time.h"

namespace hakem::exporter {

/// The page of a Hakem at `url`, up to 64 MiB: GET, which must be answered 200.
/// Errors: kUnavailable (also for another status), kTimeout, kRefused, kInvalidInput.
Result<std::string> Fetch(const std::string& url, Duration timeout);

}  // namespace hakem::exporter

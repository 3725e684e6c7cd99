#pragma once

#include <string>
#include <vector>

#include "tests/differential/differential_run.h"

namespace hakem::differential {

/// What has changed between Debian 12's Prometheus, 2.42, and the language that Hakem speaks.
std::vector<LanguageChange> ChangesSince242();

/// What has changed since Prometheus 3.5.
std::vector<LanguageChange> ChangesSince35();

/// Functions that an older Prometheus has not, or has with another meaning.
std::vector<std::string> FunctionsNewerThan242();
std::vector<std::string> FunctionsNewerThan35();

}  // namespace hakem::differential

#pragma once

#include <string>
#include <vector>

#include "tests/differential/differential_run.h"

namespace hakem::differential {

/// Changes of the language between Debian 12's Prometheus, 2.42, and the version in Hakem.
std::vector<LanguageChange> ChangesSince242();

/// Changes of the language since Prometheus 3.5.
std::vector<LanguageChange> ChangesSince35();

/// Functions that an older Prometheus lacks or defines differently.
std::vector<std::string> FunctionsNewerThan242();
std::vector<std::string> FunctionsNewerThan35();

}  // namespace hakem::differential

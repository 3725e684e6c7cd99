#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "model/result.h"

namespace hakem::promqltest {

/// The numbers of a script's cases by outcome.
struct Tally {
  int passed = 0;
  int failed = 0;
  int skipped = 0;

  Tally& operator+=(const Tally& other);
};

/// Called for each case that failed or was skipped, with its line and the reason.
using Report = std::function<void(int line, std::string_view verdict, std::string_view why)>;

/// Runs all cases of a script in the test language. Instant cases are run in three ways: as they
/// are, fixed by `@` and evaluated at other times, and as the middle of a range query. All
/// experimental features are enabled; cases that need native histograms are skipped. Errors:
/// kInvalidInput when the script cannot be read.
Result<Tally> RunScript(std::string_view script, const Report& report);

}  // namespace hakem::promqltest

#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "model/result.h"

namespace hakem::promqltest {

/// How the cases of a script went.
struct Tally {
  int passed = 0;
  int failed = 0;
  int skipped = 0;

  Tally& operator+=(const Tally& other);
};

/// Told of each case that failed or was skipped: its line and why.
using Report = std::function<void(int line, std::string_view verdict, std::string_view why)>;

/// Runs all cases of a script in the test language, each instant case in three ways: as it is;
/// fixed by `@` and evaluated at other times; and as the middle of a range query. Everything
/// experimental is enabled; what needs native histograms is skipped. Errors: kInvalidInput when the
/// script cannot be read.
Result<Tally> RunScript(std::string_view script, const Report& report);

}  // namespace hakem::promqltest

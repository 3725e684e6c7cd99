#pragma once

#include <string>

namespace hakem {

/// When a number is written with an exponent. Every form but kSixDecimals has the fewest digits
/// that read back as the same number. Exponents have at least two digits; `NaN`, `+Inf`, `-Inf`.
enum class NumberForm {
  kDecimal,      ///< Never: `0.0000001`. PromQL's literals and `le` in results; Go's 'f'.
  kGeneral,      ///< Below 1e-4 and from 1e6: `1.7e+09`. Go's %v: templates and messages.
  kExposition,   ///< Below 1e-4 and from 1e16. Metrics pages and tables.
  kJson,         ///< Below 1e-6 and from 1e21. Go's JSON, and so the values in Prometheus' API.
  kScientific,   ///< Always: `1e+00`. The values of alerts in Prometheus' API; Go's 'e'.
  kSixDecimals,  ///< Never, rounded: `0.500000`. Go's %f in PromQL's messages.
  kFraction,     ///< Below 1e-4 and from 1e15; whole numbers have `.0`. Our own JSON.
};

/// Appends the number to `text`.
void AppendNumber(std::string& text, double value, NumberForm form);

/// Returns the number as text.
std::string FormatNumber(double value, NumberForm form);

}  // namespace hakem

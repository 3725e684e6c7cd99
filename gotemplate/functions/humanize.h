#pragma once

#include <string>

#include "gotemplate/values/time.h"
#include "gotemplate/values/value.h"

namespace hakem::gotemplate {

/// Converts a number, a numeric text, a length of time (to seconds) or a time (to seconds since
/// 1970), as Prometheus does for the functions below.
/// Errors: kInvalidInput: `can't convert bool to float`, or that of strconv.ParseFloat.
Result<double> ToFloat(const Value& value);

/// `1.235M`: four digits and a prefix of a power of 1000.
std::string Humanize(double value);

/// `1.2Mi`: four digits and a prefix of a power of 1024.
std::string Humanize1024(double value);

/// Seconds as `1d 2h 3m 4s`, `1.5s` or `150ms`.
std::string HumanizeDuration(double seconds);

/// `12.35%` for 0.12345.
std::string HumanizePercentage(double ratio);

/// The moment so many seconds after 1970 in UTC, cut to milliseconds.
/// Errors: kInvalidInput when it is beyond 64 bits of nanoseconds, or infinite.
Result<Time> SecondsToTime(double seconds);

}  // namespace hakem::gotemplate

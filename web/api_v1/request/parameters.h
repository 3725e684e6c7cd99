#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/matcher.h"
#include "model/result.h"
#include "model/time.h"
#include "web/http/http.h"

namespace hakem::web {

// The parameters of Prometheus' HTTP API. Errors: kInvalidInput, in Prometheus' words.

/// The first value of a parameter, as in Go; "" when there is none.
std::string OneOf(const Request& request, std::string_view name);

/// The error of a parameter: `invalid parameter "step": …`.
tl::unexpected<Error> InvalidParameter(std::string_view name, std::string_view cause);

/// Parses a time: RFC 3339, or seconds since 1970 with a fraction.
Result<Timestamp> ParseApiTime(std::string_view text);

/// Parses a duration: seconds with a fraction, or `1h30m`. Truncates to milliseconds.
Result<Duration> ParseApiDuration(std::string_view text);

/// A required parameter. Errors begin with `invalid parameter "start": `.
Result<Timestamp> RequiredTime(const Request& request, std::string_view name);

/// An optional parameter; `otherwise` when it is missing.
Result<Timestamp> OptionalTime(const Request& request, std::string_view name, Timestamp otherwise);

/// An optional parameter; nothing when it is missing.
Result<std::optional<Duration>> OptionalDuration(const Request& request, std::string_view name);

/// The parameter `limit`. 0, which is also the default, means no limit.
Result<std::size_t> ParseLimit(const Request& request);

/// A time span, with both ends included.
struct TimeSpan {
  Timestamp start;
  Timestamp end;
};

/// The parameters `start` and `end`. A missing one is no bound.
Result<TimeSpan> ParseTimeSpan(const Request& request);

/// The most parameters `match[]` of a request, since each causes a search.
inline constexpr std::size_t kMostSelectors = 256;

/// The values of `match[]`. Errors: more than kMostSelectors of them.
Result<std::vector<std::string>> SelectorTexts(const Request& request);

/// The matchers of each `match[]`. Errors: those of the parser, which do not name the parameter; a
/// selector that matches the empty series; too many selectors.
Result<std::vector<std::vector<Matcher>>> ParseSelectors(const Request& request);

}  // namespace hakem::web

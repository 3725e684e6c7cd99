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

/// The first value, as Go takes it; "" when there is none.
std::string OneOf(const Request& request, std::string_view name);

/// The error of a parameter: `invalid parameter "step": …`.
tl::unexpected<Error> InvalidParameter(std::string_view name, std::string_view cause);

/// An instant: RFC 3339, or seconds since 1970 with a fraction.
Result<Timestamp> ParseApiTime(std::string_view text);

/// A length: seconds with a fraction, or `1h30m`. What is below a millisecond is cut off.
Result<Duration> ParseApiDuration(std::string_view text);

/// A parameter that must be given. Errors begin with `invalid parameter "start": `.
Result<Timestamp> RequiredTime(const Request& request, std::string_view name);

/// A parameter that may be left out.
Result<Timestamp> OptionalTime(const Request& request, std::string_view name, Timestamp otherwise);

/// A parameter that may be left out; nothing then.
Result<std::optional<Duration>> OptionalDuration(const Request& request, std::string_view name);

/// The parameter `limit`; 0, also when it is left out: no limit.
Result<std::size_t> ParseLimit(const Request& request);

/// From `start` to `end`, both included.
struct TimeSpan {
  Timestamp start;
  Timestamp end;
};

/// The parameters `start` and `end`; what is left out is no bound.
Result<TimeSpan> ParseTimeSpan(const Request& request);

/// Each `match[]` is a search of its own: more than any client has use for are refused.
inline constexpr std::size_t kMostSelectors = 256;

/// An error when there are more than kMostSelectors parameters `match[]`.
Result<std::vector<std::string>> SelectorTexts(const Request& request);

/// A list of conditions for each `match[]`. Errors: the parser's, without a mention of the
/// parameter; a selector that would match the empty series; too many of them.
Result<std::vector<std::vector<Matcher>>> ParseSelectors(const Request& request);

}  // namespace hakem::web

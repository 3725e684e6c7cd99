#include "cli/query/query_request.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string_view>

#include "web/api_v1/request/parameters.h"

namespace hakem::cli {
namespace {

constexpr Duration kDefaultRange = std::chrono::hours(1);
constexpr std::int64_t kPointsOfRange = 200;

std::string FormEncoded(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) {
      encoded += c;
    } else {
      fmt::format_to(std::back_inserter(encoded), "%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return encoded;
}

std::string InSeconds(Timestamp time) {
  return fmt::format("{:.3f}", ToUnixSeconds(time));
}

/// Whole seconds that divide the range into about 200 steps.
Duration DefaultStep(Duration range) {
  const Duration step = std::chrono::ceil<std::chrono::seconds>(range / kPointsOfRange);
  return std::max<Duration>(step, std::chrono::seconds(1));
}

}  // namespace

Result<QueryRequest> MakeQueryRequest(const std::string& expr, const QueryTimes& times,
                                      Timestamp now) {
  const Result<Timestamp> time =
      times.time.empty() ? Result<Timestamp>(now) : web::ParseApiTime(times.time);
  if (!time) {
    return Fail(ErrorCode::kInvalidInput, fmt::format("--time: {}", time.error().message));
  }
  QueryRequest request{.range = {}, .form = "query=" + FormEncoded(expr)};
  if (!times.range && !times.needs_range) {
    request.form += "&time=" + InSeconds(*time);
    return request;
  }
  const Duration range = times.range.value_or(kDefaultRange);
  const Duration step = times.step.value_or(DefaultStep(range));
  request.range = promql::StepRange{*time - range, *time, step};
  fmt::format_to(std::back_inserter(request.form), "&start={}&end={}&step={:.3f}",
                 InSeconds(request.range->start), InSeconds(request.range->end), ToSeconds(step));
  return request;
}

}  // namespace hakem::cli

#include "tests/differential/query.h"

#include <fmt/format.h>

#include "tests/support/http/url.h"

namespace hakem::differential {

std::string Query::ToString() const {
  if (!range) {
    return fmt::format("{}   at {:.3f}", expr, ToUnixSeconds(time));
  }
  return fmt::format("{}   from {:.3f} to {:.3f} step {:.3f}", expr, ToUnixSeconds(range->start),
                     ToUnixSeconds(range->end), ToSeconds(range->step));
}

std::string Query::Path() const {
  if (!range) {
    return fmt::format("/api/v1/query?query={}&time={:.3f}&stats=true", UrlEncoded(expr),
                       ToUnixSeconds(time));
  }
  return fmt::format("/api/v1/query_range?query={}&start={:.3f}&end={:.3f}&step={:.3f}&stats=true",
                     UrlEncoded(expr), ToUnixSeconds(range->start), ToUnixSeconds(range->end),
                     ToSeconds(range->step));
}

}  // namespace hakem::differential

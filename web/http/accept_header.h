#pragma once

#include <string_view>
#include <utility>
#include <vector>

namespace hakem::web {

/// One thing that a client would take: `text/plain;version=0.0.4;q=0.5`. Views into the header.
struct WeightedItem {
  std::string_view name;
  std::vector<std::pair<std::string_view, std::string_view>> parameters = {};  ///< Without `q`.
  double weight = 1;  ///< 0 to 1; 0: it must not be this.

  /// A parameter's value without quotes; "" when there is none.
  std::string_view Parameter(std::string_view wanted) const;
};

/// The list of an Accept or Accept-Encoding header (RFC 9110, 12.4 and 12.5), in its order. A
/// weight that is no number from 0 to 1 counts as 0.
std::vector<WeightedItem> ParseAcceptHeader(std::string_view header);

/// Compares without regard to the case of ASCII letters.
bool EqualIgnoringCase(std::string_view a, std::string_view b);

/// Without spaces and tabs at both ends.
std::string_view Trim(std::string_view text);

/// Takes what stands before `separator` off the front of `rest`, and the separator too.
std::string_view TakeUntil(std::string_view& rest, char separator);

}  // namespace hakem::web

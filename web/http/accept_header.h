#pragma once

#include <string_view>
#include <utility>
#include <vector>

namespace hakem::web {

/// An item of the list, as `text/plain;version=0.0.4;q=0.5`. Has views into the header.
struct WeightedItem {
  std::string_view name;
  std::vector<std::pair<std::string_view, std::string_view>> parameters = {};  ///< Without `q`.
  double weight = 1;  ///< 0 to 1; 0 means not acceptable.

  /// A parameter's value without quotes; "" when there is none.
  std::string_view Parameter(std::string_view wanted) const;
};

/// Parses an Accept or Accept-Encoding header (RFC 9110, 12.4 and 12.5). Keeps the order. A weight
/// that is not a number from 0 to 1 counts as 0.
std::vector<WeightedItem> ParseAcceptHeader(std::string_view header);

/// Compares, ignoring the case of ASCII letters.
bool EqualIgnoringCase(std::string_view a, std::string_view b);

/// Returns the text without spaces and tabs at both ends.
std::string_view Trim(std::string_view text);

/// Removes the text before the first `separator`, and the separator, from `rest`. Returns that
/// text.
std::string_view TakeUntil(std::string_view& rest, char separator);

}  // namespace hakem::web

#pragma once

#include <string>
#include <string_view>

namespace hakem {

/// Every byte that is not unreserved as %XX, for a value in a query string.
std::string UrlEncoded(std::string_view text);

}  // namespace hakem

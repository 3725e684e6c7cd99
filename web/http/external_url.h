#pragma once

#include <string>
#include <string_view>

#include "model/result.h"

namespace hakem::web {

/// Checks the address by which people reach Hakem, and removes slashes at its end, so that paths
/// can be appended.
///
/// Errors: kInvalidInput: the text does not begin with http:// or https://, or has no host, or has
/// a query, a fragment, an invalid character, or a user, which every message would show.
Result<std::string> ParseExternalUrl(std::string_view text);

/// The path of an address that ParseExternalUrl() returned: "/x", or "" when it has none.
std::string_view PathOfUrl(std::string_view url);

}  // namespace hakem::web

#pragma once

#include <string>
#include <string_view>

#include "model/result.h"

namespace hakem::web {

/// Checks the address under which people reach Hakem and puts it into the one form in which other
/// texts are appended to it: without slashes at its end.
///
/// Errors: kInvalidInput: it begins with neither http:// nor https://, has no host, has a query or
/// a fragment, holds a character that no address has, or a user, who would stand in every message.
Result<std::string> ParseExternalUrl(std::string_view text);

/// The path of an address that ParseExternalUrl returned: "/x", or "" when it has none.
std::string_view PathOfUrl(std::string_view url);

}  // namespace hakem::web

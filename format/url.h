#pragma once

#include <string>
#include <string_view>

namespace hakem {

/// The text as a value in the query of an address, as Go's url.QueryEscape writes it: a space
/// becomes `+`, and every byte but letters, digits and `-_.~` becomes `%XX`.
std::string EscapeUrlQuery(std::string_view text);

}  // namespace hakem

#pragma once

#include <string>
#include <string_view>

namespace hakem {

/// Escapes a value for the query of a URL, as Go's url.QueryEscape does: a space becomes `+`, and
/// every byte except letters, digits and `-_.~` becomes `%XX`.
std::string EscapeUrlQuery(std::string_view text);

}  // namespace hakem

#pragma once

#include <string>
#include <string_view>

namespace hakem::config {

/// Masks the secrets in a web address that is shown to people: its user or password and the values
/// of its query. Returns `https://ops:<secret>@hakem.example.com/?token=<secret>`.
std::string MaskedUrl(std::string_view url);

/// Removes user, password, query and fragment from a web address, so that it can stand in messages
/// and pages.
std::string PublicUrl(std::string_view url);

/// Masks all of a shell command but the program's name, since an argument may be a secret:
/// `vault <secret>`. Masks the whole command if it does not begin with a plain name.
std::string MaskedCommand(std::string_view command);

}  // namespace hakem::config

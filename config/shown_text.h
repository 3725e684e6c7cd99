#pragma once

#include <string>
#include <string_view>

namespace hakem::exporter {

/// A web address for people: what stands before an @ of its host, and the values of its query, are
/// masked: `https://ops:<secret>@hakem.example.com/?token=<secret>`.
std::string MaskedUrl(std::string_view url);

/// A web address to be put into messages and pages: without what stands before an @ of its host,
/// without its query and its fragment.
std::string PublicUrl(std::string_view url);

/// A shell command for people: the program's name alone, since anything else may be a secret:
/// `vault <secret>`. A command that does not begin with a plain name is masked as a whole.
std::string MaskedCommand(std::string_view command);

}  // namespace hakem::exporter

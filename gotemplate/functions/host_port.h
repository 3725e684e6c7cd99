#pragma once

#include <string>
#include <string_view>

namespace hakem::gotemplate {

/// Returns the host of `host:port`; the whole text if it has no port.
std::string StripPort(std::string_view host_port);

/// Returns `a:80` for `a.example.org:80`; IP addresses stay as they are.
std::string StripDomain(std::string_view host_port);

/// Returns the path of a URL: `/hakem` for `https://a:9187/hakem?x=1`.
std::string UrlPath(std::string_view url);

}  // namespace hakem::gotemplate

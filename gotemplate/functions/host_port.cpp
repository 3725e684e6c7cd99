#include "gotemplate/functions/host_port.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

namespace hakem::gotemplate {
namespace {

struct HostPort {
  std::string_view host;
  std::string_view port;
};

/// Splits `host:port` or `[host]:port`, as Go's net.SplitHostPort does; nothing if it is neither.
std::optional<HostPort> Split(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == text.npos) {
    return std::nullopt;
  }
  HostPort parts{.host = text.substr(0, colon), .port = text.substr(colon + 1)};
  std::string_view rest = text;
  if (text.starts_with('[')) {
    const std::size_t close = text.find(']');
    if (close == text.npos || close + 1 != colon) {
      return std::nullopt;
    }
    parts.host = text.substr(1, close - 1);
    rest = text.substr(1);
    rest = rest.find('[') == rest.npos ? text.substr(close + 1) : "[";
  } else if (parts.host.find(':') != parts.host.npos) {
    return std::nullopt;
  }
  if (rest.find_first_of("[]") != rest.npos) {
    return std::nullopt;
  }
  return parts;
}

bool IsAddress(const std::string& host) {
  std::array<unsigned char, sizeof(in6_addr)> address{};
  return inet_pton(AF_INET, host.c_str(), address.data()) == 1 ||
         inet_pton(AF_INET6, host.c_str(), address.data()) == 1;
}

}  // namespace

std::string StripPort(std::string_view host_port) {
  const std::optional<HostPort> parts = Split(host_port);
  return std::string(parts ? parts->host : host_port);
}

std::string StripDomain(std::string_view host_port) {
  const HostPort parts = Split(host_port).value_or(HostPort{.host = host_port, .port = ""});
  if (IsAddress(std::string(parts.host))) {
    return std::string(host_port);
  }
  const std::string_view host = parts.host.substr(0, parts.host.find('.'));
  if (parts.port.empty()) {
    return std::string(host);
  }
  return host.find_first_of(":%") != host.npos ? fmt::format("[{}]:{}", host, parts.port)
                                               : fmt::format("{}:{}", host, parts.port);
}

std::string UrlPath(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == url.npos) {
    return {};
  }
  const std::string_view rest = url.substr(scheme + 3);
  const std::size_t path = std::min(rest.find_first_of("/?#"), rest.size());
  const std::size_t end = std::min(rest.find_first_of("?#"), rest.size());
  return std::string(rest.substr(path, end - path));
}

}  // namespace hakem::gotemplate

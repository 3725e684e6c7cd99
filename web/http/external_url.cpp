#include "web/http/external_url.h"

#include <fmt/format.h>

#include <algorithm>

namespace hakem::web {
namespace {

constexpr std::string_view kSchemeEnd = "://";

/// The offset of the path, or of the end if there is none.
std::size_t PathBegin(std::string_view url) {
  const std::size_t scheme = url.find(kSchemeEnd);
  const std::size_t host = scheme == url.npos ? 0 : scheme + kSchemeEnd.size();
  return std::min(url.find('/', host), url.size());
}

bool MayStandInUrl(char c) {
  return c > ' ' && c < '\x7f' &&
         std::string_view("\"'<>\\^`{|}").find(c) == std::string_view::npos;
}

}  // namespace

Result<std::string> ParseExternalUrl(std::string_view text) {
  const auto wrong = [](std::string_view shown, std::string_view why) {
    return Fail(ErrorCode::kInvalidInput, fmt::format("\"{}\" {}", shown, why));
  };
  const std::size_t scheme_end = text.find(kSchemeEnd);
  const std::string_view scheme = text.substr(0, scheme_end == text.npos ? 0 : scheme_end);
  if (scheme != "http" && scheme != "https") {
    return wrong(text.substr(0, text.find('@')),
                 "is not a web address: it must begin with http:// or https://");
  }
  const std::string_view host =
      text.substr(scheme.size() + kSchemeEnd.size()).substr(0, PathBegin(text) - scheme.size() - 3);
  if (host.find('@') != host.npos) {
    return wrong(scheme, "address with a user in it: it would stand in every message");
  }
  if (host.empty()) {
    return wrong(text, "has no host");
  }
  if (text.find_first_of("?#") != text.npos) {
    return wrong(text, "has a query or a fragment, so that no page's name can stand behind it");
  }
  if (!std::all_of(text.begin(), text.end(), MayStandInUrl)) {
    return wrong(text, "holds a character that no web address has");
  }
  const std::size_t end = text.find_last_not_of('/');
  return std::string(text.substr(0, end + 1));
}

std::string_view PathOfUrl(std::string_view url) {
  return url.substr(PathBegin(url));
}

}  // namespace hakem::web

#include "config/shown_text.h"

#include <algorithm>
#include <cctype>

namespace hakem::config {
namespace {

constexpr std::string_view kMask = "<secret>";

/// The parts of a web address with the signs between them; a missing part is empty:
/// `https://` + `ops:x@` + `host/path` + `?query` + `#fragment`.
struct UrlParts {
  std::string_view scheme;
  std::string_view userinfo;
  std::string_view place;
  std::string_view query;
  std::string_view fragment;
};

UrlParts Split(std::string_view url) {
  UrlParts parts;
  const std::size_t scheme = url.find("://");
  parts.scheme = url.substr(0, scheme == url.npos ? 0 : scheme + 3);
  url.remove_prefix(parts.scheme.size());
  const std::size_t hash = std::min(url.find('#'), url.size());
  parts.fragment = url.substr(hash);
  url = url.substr(0, hash);
  const std::size_t question = std::min(url.find('?'), url.size());
  parts.query = url.substr(question);
  url = url.substr(0, question);
  const std::size_t slash = std::min(url.find('/'), url.size());
  const std::size_t at = url.substr(0, slash).rfind('@');
  parts.userinfo = url.substr(0, at == url.npos ? 0 : at + 1);
  parts.place = url.substr(parts.userinfo.size());
  return parts;
}

}  // namespace

std::string MaskedUrl(std::string_view url) {
  const UrlParts parts = Split(url);
  std::string shown(parts.scheme);
  if (!parts.userinfo.empty()) {
    const std::size_t colon = parts.userinfo.find(':');
    shown.append(parts.userinfo.substr(0, colon == parts.userinfo.npos ? 0 : colon + 1));
    shown.append(kMask).append("@");
  }
  shown.append(parts.place);
  for (std::string_view query = parts.query; !query.empty();) {
    const std::size_t end = std::min(query.find('&', 1), query.size());
    const std::string_view one = query.substr(0, end);
    const std::size_t equals = one.find('=');
    shown.append(one.substr(0, equals == one.npos ? 1 : equals + 1)).append(kMask);
    query.remove_prefix(end);
  }
  return parts.fragment.empty() ? shown : shown.append("#").append(kMask);
}

std::string PublicUrl(std::string_view url) {
  const UrlParts parts = Split(url);
  return std::string(parts.scheme).append(parts.place);
}

std::string MaskedCommand(std::string_view command) {
  constexpr std::string_view kBlank = " \t\r\n";
  const std::size_t begin = std::min(command.find_first_not_of(kBlank), command.size());
  const std::string_view rest = command.substr(begin);
  const std::string_view program = rest.substr(0, rest.find_first_of(kBlank));
  if (program.empty()) {
    return "";
  }
  const bool is_name = std::all_of(program.begin(), program.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 ||
           std::string_view("/._-+").find(static_cast<char>(c)) != std::string_view::npos;
  });
  if (!is_name) {
    return std::string(kMask);
  }
  const bool is_all = rest.find_first_not_of(kBlank, program.size()) == rest.npos;
  return std::string(program) + (is_all ? "" : " " + std::string(kMask));
}

}  // namespace hakem::config

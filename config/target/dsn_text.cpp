#include "config/target/dsn_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <optional>
#include <utility>

namespace hakem::config {
namespace {

using Parameters = std::vector<DsnParameter>;

constexpr std::string_view kSchemes[] = {"postgresql://", "postgres://"};
constexpr std::string_view kBlank = " \t\n\v\f\r";

constexpr std::string_view kHowToEncode =
    "in a password write %40 for @, %2F for /, %3F for ? and %23 for #";

tl::unexpected<Error> Wrong(std::string message) {
  return Fail(ErrorCode::kInvalidInput, std::move(message));
}

tl::unexpected<Error> Several(std::string_view sign, std::size_t count) {
  return Wrong(fmt::format(
      "{}these are {} data source names, and one server is watched: run a Hakem for each", sign,
      count));
}

bool IsBlank(char c) {
  return kBlank.find(c) != kBlank.npos;
}

std::string_view Trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kBlank);
  return begin == text.npos ? std::string_view()
                            : text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

std::string_view SchemeOf(std::string_view text) {
  const auto* const found =
      std::find_if(std::begin(kSchemes), std::end(kSchemes),
                   [&](std::string_view scheme) { return text.starts_with(scheme); });
  return found == std::end(kSchemes) ? std::string_view() : *found;
}

/// Counts the data source names in the text by their schemes. A scheme counts at the beginning and
/// behind a blank, comma, semicolon or bar.
std::size_t CountSchemes(std::string_view text) {
  std::size_t count = 0;
  for (const std::string_view scheme : kSchemes) {
    for (std::size_t at = text.find(scheme); at != text.npos; at = text.find(scheme, at + 1)) {
      const char before = at == 0 ? ' ' : text[at - 1];
      if (IsBlank(before) || before == ',' || before == ';' || before == '|') {
        ++count;
      }
    }
  }
  // Text before the first scheme is a data source name too.
  return count + (count > 0 && SchemeOf(text).empty() ? 1 : 0);
}

/// Reads the keyword form by libpq's rules for quotes and backslashes.
class KeywordReader {
 public:
  explicit KeywordReader(std::string_view text) : text_(text) {}

  Result<Parameters> Read() {
    Parameters parameters;
    for (SkipBlanks(); at_ < text_.size(); SkipBlanks()) {
      Result<DsnParameter> parameter = ReadOne();
      if (!parameter) {
        return Fail(parameter.error());
      }
      parameters.push_back(*std::move(parameter));
    }
    return parameters;
  }

 private:
  void SkipBlanks() {
    while (at_ < text_.size() && IsBlank(text_[at_])) {
      ++at_;
    }
  }

  Result<DsnParameter> ReadOne() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && text_[at_] != '=' && !IsBlank(text_[at_])) {
      ++at_;
    }
    DsnParameter parameter;
    parameter.keyword = text_.substr(begin, at_ - begin);
    SkipBlanks();
    if (at_ == text_.size() || text_[at_] != '=') {
      return Wrong(
          "there is a word without a =: a value with blanks in it needs quotes, as in "
          "password='a b'");
    }
    ++at_;
    SkipBlanks();
    parameter.is_explicit = at_ < text_.size() && text_[at_] == '\'';
    Result<std::string> value = parameter.is_explicit ? ReadQuoted() : ReadPlain();
    if (!value) {
      return Fail(value.error());
    }
    parameter.value = *std::move(value);
    // In `host=a user=u, host=b user=v` the comma would become a part of the user's name.
    const bool is_list = parameter.keyword.starts_with("host") || parameter.keyword == "port";
    if (!parameter.is_explicit && !is_list && at_ < text_.size() &&
        (parameter.value.ends_with(',') || parameter.value.ends_with(';'))) {
      return Wrong(
          "a value ends with a comma or a semicolon: parameters are separated by blanks alone, and "
          "a password that ends so needs quotes; where several data source names are meant, run a "
          "Hakem for each");
    }
    return parameter;
  }

  std::string ReadPlain() {
    std::string value;
    for (; at_ < text_.size() && !IsBlank(text_[at_]); ++at_) {
      if (text_[at_] == '\\' && ++at_ == text_.size()) {
        break;
      }
      value += text_[at_];
    }
    return value;
  }

  Result<std::string> ReadQuoted() {
    std::string value;
    for (++at_; at_ < text_.size() && text_[at_] != '\''; ++at_) {
      if (text_[at_] == '\\' && ++at_ == text_.size()) {
        break;
      }
      value += text_[at_];
    }
    if (at_ >= text_.size()) {
      return Wrong("a quote is not closed");
    }
    ++at_;
    return value;
  }

  const std::string_view text_;
  std::size_t at_ = 0;
};

std::optional<int> HexDigit(char c) {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  const char lower = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower >= 'a' && lower <= 'f' ? std::optional(lower - 'a' + 10) : std::nullopt;
}

Result<std::string> Decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      decoded += text[at];
      continue;
    }
    const auto high = at + 2 < text.size() ? HexDigit(text[at + 1]) : std::nullopt;
    const auto low = high ? HexDigit(text[at + 2]) : std::nullopt;
    if (!low || (*high == 0 && *low == 0)) {
      return Wrong(
          "a % is not followed by two hexadecimal digits of a byte: write %25 for a % of "
          "a password");
    }
    decoded += static_cast<char>(*high * 16 + *low);
    at += 2;
  }
  return decoded;
}

/// The parts of a URI behind its scheme, still encoded.
struct UriParts {
  std::string_view user;
  std::string_view password;
  std::string_view hosts;
  std::string_view path;
  std::string_view query;
};

std::string_view TakeUntil(std::string_view& text, std::string_view stops) {
  const std::string_view taken = text.substr(0, text.find_first_of(stops));
  text.remove_prefix(taken.size());
  return taken;
}

Result<UriParts> SplitUri(std::string_view text) {
  UriParts parts;
  const std::string_view authority = text.substr(0, text.find('/'));
  std::size_t userinfo = authority.find('@');
  if (userinfo != authority.npos) {
    // A password may contain an @: then the hosts begin behind the last one.
    const std::string_view hosts =
        authority.substr(userinfo + 1, authority.find('?', userinfo + 1) - userinfo - 1);
    const std::size_t last = hosts.rfind('@');
    userinfo += last == hosts.npos ? 0 : last + 1;
    std::string_view info = text.substr(0, userinfo);
    parts.user = TakeUntil(info, ":");
    parts.password = info.substr(info.empty() ? 0 : 1);
    text.remove_prefix(userinfo + 1);
    if (parts.user.find('?') != parts.user.npos) {
      return Wrong("there is an @ behind a ?: write %40 for it");
    }
  }
  parts.hosts = TakeUntil(text, "/?");
  if (text.starts_with('/')) {
    text.remove_prefix(1);
    parts.path = TakeUntil(text, "?");
    if (parts.path.find_first_of("@=") != parts.path.npos) {
      return Wrong(fmt::format("the database's name has a @ or a = in it: {}", kHowToEncode));
    }
  }
  parts.query = text.substr(text.empty() ? 0 : 1);
  if (parts.path.empty() && parts.query.find('@') != parts.query.npos) {
    return Wrong(fmt::format("there is an @ behind a ?: {}", kHowToEncode));
  }
  return parts;
}

/// The hosts and their ports, each as a list with commas.
struct HostLists {
  std::string hosts;
  std::string ports;
};

Result<HostLists> SplitHosts(std::string_view text) {
  HostLists lists;
  for (;;) {
    if (text.starts_with('[')) {
      const std::size_t close = text.find(']');
      if (close == text.npos || close == 1) {
        return Wrong("an IPv6 address is written [ADDRESS]");
      }
      lists.hosts += text.substr(1, close - 1);
      text.remove_prefix(close + 1);
      if (!text.empty() && text.front() != ':' && text.front() != ',') {
        return Wrong("behind the ] of an IPv6 address stands neither a port nor the end of it");
      }
    } else {
      lists.hosts += TakeUntil(text, ":,");
    }
    if (text.starts_with(':')) {
      text.remove_prefix(1);
      lists.ports += TakeUntil(text, ",");
    }
    if (text.empty()) {
      return lists;
    }
    text.remove_prefix(1);
    lists.hosts += ',';
    lists.ports += ',';
  }
}

Result<void> Append(Parameters& parameters, std::string_view keyword, std::string_view encoded) {
  if (encoded.empty()) {
    return {};
  }
  const Result<std::string> value = Decoded(encoded);
  if (!value) {
    return Fail(value.error());
  }
  parameters.push_back({std::string(keyword), *value, encoded.find('%') != encoded.npos});
  return {};
}

Result<void> AppendQuery(Parameters& parameters, std::string_view query) {
  while (!query.empty()) {
    const std::string_view one = TakeUntil(query, "&");
    query.remove_prefix(query.empty() ? 0 : 1);
    const std::size_t equals = one.find('=');
    if (equals == one.npos) {
      return Wrong(fmt::format("a part of the query behind the ? has no =; {}", kHowToEncode));
    }
    if (one.find('/', std::min(one.size(), one.find('@'))) != one.npos) {
      return Wrong(fmt::format("there is an @ and then a / behind the ?: {}", kHowToEncode));
    }
    const Result<std::string> keyword = Decoded(one.substr(0, equals));
    const Result<std::string> value = Decoded(one.substr(equals + 1));
    if (!keyword || !value) {
      return Fail(keyword ? value.error() : keyword.error());
    }
    const bool is_encoded = one.find('%', equals) != one.npos;
    parameters.push_back({*keyword, *value, is_encoded});
  }
  return {};
}

Result<Parameters> ReadUri(std::string_view text) {
  if (std::any_of(text.begin(), text.end(),
                  [](unsigned char c) { return c <= ' ' || c == 0x7F; })) {
    return Wrong("a URI has no blanks in it: write %20 for a blank of a password");
  }
  const Result<UriParts> parts = SplitUri(text);
  if (!parts) {
    return Fail(parts.error());
  }
  const Result<HostLists> lists = SplitHosts(parts->hosts);
  if (!lists) {
    return Fail(lists.error());
  }
  Parameters parameters;
  const bool has_port = lists->ports.find_first_not_of(',') != lists->ports.npos;
  for (const auto& [keyword, encoded] :
       {std::pair<std::string_view, std::string_view>{"user", parts->user},
        {"password", parts->password},
        {"host", lists->hosts},
        {"port", has_port ? std::string_view(lists->ports) : std::string_view()},
        {"dbname", parts->path}}) {
    if (const Result<void> appended = Append(parameters, keyword, encoded); !appended) {
      return Fail(appended.error());
    }
  }
  const std::size_t before = parameters.size();
  if (const Result<void> appended = AppendQuery(parameters, parts->query); !appended) {
    return Fail(appended.error());
  }
  // A parameter of the query replaces an earlier one, as in libpq.
  const Parameters query(parameters.begin() + static_cast<std::ptrdiff_t>(before),
                         parameters.end());
  parameters.erase(
      std::remove_if(parameters.begin(), parameters.begin() + static_cast<std::ptrdiff_t>(before),
                     [&](const DsnParameter& early) {
                       return std::any_of(
                           query.begin(), query.end(),
                           [&](const DsnParameter& late) { return late.keyword == early.keyword; });
                     }),
      parameters.begin() + static_cast<std::ptrdiff_t>(before));
  return parameters;
}

/// Fails if a keyword comes twice: that is the sign of a second data source name.
Result<void> CheckOnce(const Parameters& parameters) {
  std::map<std::string_view, std::size_t> counts;
  for (const DsnParameter& parameter : parameters) {
    ++counts[parameter.keyword];
  }
  const auto most = std::max_element(
      counts.begin(), counts.end(),
      [](const auto& left, const auto& right) { return left.second < right.second; });
  if (most == counts.end() || most->second < 2) {
    return {};
  }
  return Several("a keyword comes more than once: ", most->second);
}

}  // namespace

Result<std::vector<DsnParameter>> ReadDsn(std::string_view text) {
  const std::string_view trimmed = Trimmed(text);
  if (text.find('\0') != text.npos) {
    return Wrong("it has a NUL byte in it");
  }
  if (const std::size_t count = CountSchemes(trimmed); count > 1) {
    return Several("", count);
  }
  const std::string_view scheme = SchemeOf(trimmed);
  // The keyword form is not trimmed: its last value may end with a blank behind a backslash.
  Result<Parameters> parameters =
      scheme.empty() ? KeywordReader(text).Read() : ReadUri(trimmed.substr(scheme.size()));
  if (!parameters) {
    return parameters;
  }
  if (const Result<void> once = CheckOnce(*parameters); !once) {
    return Fail(once.error());
  }
  return parameters;
}

}  // namespace hakem::config

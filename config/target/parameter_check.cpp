#include "config/target/parameter_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <functional>

#include "format/nearest_name.h"

namespace hakem::config {
namespace {

constexpr std::size_t kMostWords = 9;

/// A parameter whose value is one of a few words or, if there are no words, a whole number.
struct WordRule {
  std::string_view keyword;
  std::array<std::string_view, kMostWords> words = {};
};

constexpr WordRule kWordRules[] = {
    {"sslmode", {"disable", "allow", "prefer", "require", "verify-ca", "verify-full"}},
    {"gssencmode", {"disable", "prefer", "require"}},
    {"channel_binding", {"disable", "prefer", "require"}},
    {"target_session_attrs",
     {"any", "read-write", "read-only", "primary", "standby", "prefer-standby"}},
    {"ssl_min_protocol_version", {"TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"}},
    {"ssl_max_protocol_version", {"TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"}},
    {"sslcompression", {"0", "1"}},
    {"sslsni", {"0", "1"}},
    {"sslcertmode", {"disable", "allow", "require"}},
    {"sslnegotiation", {"postgres", "direct"}},
    {"load_balance_hosts", {"disable", "random"}},
    {"gssdelegation", {"0", "1"}},
    {"gsslib", {"gssapi", "sspi"}},
    {"replication", {"true", "on", "yes", "1", "false", "off", "no", "0", "database"}},
    {"connect_timeout"},
    {"keepalives"},
    {"keepalives_idle"},
    {"keepalives_interval"},
    {"keepalives_count"},
    {"tcp_user_timeout"},
};

tl::unexpected<Error> Wrong(std::string message) {
  return Fail(ErrorCode::kInvalidInput, std::move(message));
}

bool IsSecretKeyword(std::string_view keyword) {
  return keyword.ends_with("password") || keyword.ends_with("secret");
}

bool EqualIgnoringCase(std::string_view left, std::string_view right) {
  return std::equal(
      left.begin(), left.end(), right.begin(), right.end(),
      [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); });
}

Result<void> CheckWord(const WordRule& rule, std::string_view value, std::string_view name) {
  if (rule.words[0].empty()) {
    int number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    return error == std::errc{} && end == value.data() + value.size()
               ? Result<void>()
               : Wrong(fmt::format("{}: the value is not a whole number", name));
  }
  std::vector<std::string_view> words;
  std::copy_if(rule.words.begin(), rule.words.end(), std::back_inserter(words),
               [](std::string_view word) { return !word.empty(); });
  const bool ignores_case = rule.keyword.starts_with("ssl_");
  const bool is_known = std::any_of(words.begin(), words.end(), [&](std::string_view word) {
    return ignores_case ? EqualIgnoringCase(word, value) : word == value;
  });
  return is_known ? Result<void>()
                  : Wrong(fmt::format("{}: the value is none of {}{}", name, fmt::join(words, ", "),
                                      DidYouMean(value, words)));
}

/// Calls `check` with each element of a comma-separated list; returns the first error.
Result<void> CheckEach(std::string_view list,
                       const std::function<Result<void>(std::string_view)>& check) {
  for (;;) {
    const std::size_t comma = list.find(',');
    if (Result<void> checked = check(list.substr(0, comma)); !checked) {
      return checked;
    }
    if (comma == list.npos) {
      return {};
    }
    list.remove_prefix(comma + 1);
  }
}

/// Checks a host of a list: a name, an address, the folder of a Unix socket or nothing.
Result<void> CheckListedHost(std::string_view host, std::string_view name) {
  if (host.empty()) {
    return {};
  }
  if (host.front() != '/' && !host.starts_with("@/")) {
    return CheckHostName(host, name);
  }
  const bool is_path = host.substr(1).find_first_of("@=;\n\r\t") == host.npos;
  return is_path ? Result<void>()
                 : Wrong(fmt::format("{}: the value is not the folder of a Unix socket: it has one "
                                     "of @ = ; or a tab in it",
                                     name));
}

/// Returns whether a keyword of libpq with a = follows a separator in the value.
bool HasAnotherParameter(std::string_view value, std::string_view separators) {
  constexpr std::string_view kKeywords[] = {"host",        "hostaddr", "port",     "dbname",
                                            "user",        "password", "sslmode",  "sslpassword",
                                            "sslrootcert", "service",  "passfile", "options"};
  for (std::size_t at = value.find_first_of(separators); at != value.npos;
       at = value.find_first_of(separators, at + 1)) {
    const std::size_t begin = value.find_first_not_of(" \t\r\n", at + 1);
    const std::string_view rest = value.substr(std::min(begin, value.size()));
    for (const std::string_view keyword : kKeywords) {
      const std::size_t equals = rest.find_first_not_of(" \t\r\n", keyword.size());
      if (rest.starts_with(keyword) && equals != rest.npos && rest[equals] == '=') {
        return true;
      }
    }
  }
  return false;
}

Result<void> CheckIsOne(const DsnParameter& parameter, std::string_view name) {
  const bool is_secret = IsSecretKeyword(parameter.keyword);
  const bool is_options = parameter.keyword == "options";
  const bool has_equals = !is_secret && !is_options && !parameter.is_explicit &&
                          parameter.value.find('=') != std::string::npos;
  const bool has_another =
      (!is_secret || !parameter.is_explicit) &&
      HasAnotherParameter(parameter.value, is_secret || is_options ? ",;&" : ",;& \t\n");
  if (has_equals || has_another) {
    return Wrong(
        fmt::format("{}: the value has another parameter in it: parameters are separated "
                    "by blanks alone, those of a URI by &, and what has a = in it needs "
                    "quotes or, in a URI, %3D",
                    name));
  }
  return {};
}

}  // namespace

Result<void> CheckHostName(std::string_view host, std::string_view name) {
  const bool is_name = !host.empty() && std::all_of(host.begin(), host.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '.' || c == '-' || c == '_' || c == ':' || c == '%';
  });
  return is_name ? Result<void>()
                 : Wrong(fmt::format("{}: the value is not the name or the address of a server: it "
                                     "has a character that none has, such as @ ; = or a blank",
                                     name));
}

Result<int> ParsePort(std::string_view text, std::string_view name) {
  int port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error == std::errc{} && end == text.data() + text.size() && port >= 1 && port <= 65535) {
    return port;
  }
  // The message repeats a variable's value, but not one of a data source name: that may be a part
  // of a password.
  const bool is_variable = name.ends_with("PORT") && text.size() <= 64;
  std::string message = fmt::format("{}: {} is not a port (1 to 65535)", name,
                                    is_variable ? fmt::format("\"{}\"", text) : "the value");
  if (name.ends_with("_PORT") && text.find("://") != text.npos) {
    std::string service(name.substr(0, name.size() - std::string_view("_PORT").size()));
    std::transform(service.begin(), service.end(), service.begin(), [](unsigned char c) {
      return c == '_' ? '-' : static_cast<char>(std::tolower(c));
    });
    message += fmt::format(
        " but an address, which Kubernetes and Docker set for a service called \"{}\": give the "
        "service another name, or set enableServiceLinks: false in the pod",
        service);
  }
  return Wrong(std::move(message));
}

Result<void> CheckParameter(const DsnParameter& parameter, std::string_view name) {
  const std::string_view keyword = parameter.keyword;
  const std::string_view value = parameter.value;
  if (value.empty()) {
    return {};
  }
  if (value.find('\0') != value.npos) {
    return Wrong(fmt::format("{}: the value has a NUL byte", name));
  }
  if (keyword == "host") {
    return CheckEach(value, [&](std::string_view host) { return CheckListedHost(host, name); });
  }
  if (keyword == "hostaddr") {
    return CheckEach(value, [&](std::string_view host) {
      return host.empty() ? Result<void>() : CheckHostName(host, name);
    });
  }
  if (keyword == "port") {
    return CheckEach(value, [&](std::string_view port) {
      return port.empty() ? Result<void>() : ParsePort(port, name).transform([](int) {});
    });
  }
  const auto* const rule =
      std::find_if(std::begin(kWordRules), std::end(kWordRules),
                   [&](const WordRule& candidate) { return candidate.keyword == keyword; });
  if (rule != std::end(kWordRules)) {
    return CheckWord(*rule, value, name);
  }
  if (keyword == "sslkey" && value.find("-----BEGIN") != value.npos) {
    return Wrong(
        fmt::format("{}: the value is a key itself: write it to a file, and the file's "
                    "path here",
                    name));
  }
  return CheckIsOne(parameter, name);
}

Result<void> CheckPortCount(std::string_view hosts, std::string_view ports) {
  const auto count = [](std::string_view list) {
    return 1 + std::count(list.begin(), list.end(), ',');
  };
  return ports.empty() || count(ports) == 1 || count(ports) == count(hosts)
             ? Result<void>()
             : Wrong(fmt::format("port: {} ports for {} hosts: there must be one for all, or one "
                                 "for each",
                                 count(ports), count(hosts)));
}

}  // namespace hakem::config

#include "config/target/conninfo.h"

#include <fmt/format.h>
#include <libpq-fe.h>

#include <algorithm>
#include <cctype>
#include <functional>
#include <memory>
#include <utility>

#include "config/target/parameter_check.h"
#include "config/target/server_settings.h"
#include "format/nearest_name.h"

namespace hakem::config {
namespace {

constexpr std::string_view kMask = "<secret>";
constexpr std::string_view kOptionsBlank = " \t\n\v\f\r";

/// A parameter that libpq knows.
struct Keyword {
  std::string variable;  ///< PGHOST; empty: there is none.
  bool is_secret = false;
};

using Keywords = std::map<std::string, Keyword, std::less<>>;

/// Returns the keywords of the installed libpq. Newer versions do not mark all secrets by `*`.
const Keywords& KnownKeywords() {
  static const Keywords known = [] {
    constexpr std::string_view kSecrets[] = {"password", "sslpassword", "oauth_client_secret",
                                             "scram_client_key", "scram_server_key"};
    Keywords keywords;
    const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(
        PQconninfoParse("", nullptr), &PQconninfoFree);
    for (const PQconninfoOption* option = options.get();
         option != nullptr && option->keyword != nullptr; ++option) {
      const std::string_view keyword = option->keyword;
      keywords[option->keyword] = {
          .variable = option->envvar != nullptr ? option->envvar : "",
          .is_secret =
              (option->dispchar != nullptr && option->dispchar[0] == '*') ||
              std::find(std::begin(kSecrets), std::end(kSecrets), keyword) != std::end(kSecrets)};
    }
    return keywords;
  }();
  return known;
}

bool IsSecret(std::string_view keyword) {
  const auto found = KnownKeywords().find(keyword);
  return found != KnownKeywords().end() && found->second.is_secret;
}

/// Parameters of Go's drivers lib/pq and pgx, which neither libpq nor a server knows.
constexpr std::string_view kDriverParameters[] = {
    "binary_parameters",          "default_query_exec_mode",
    "description_cache_capacity", "disable_prepared_binary_result",
    "min_read_buffer_size",       "prefer_simple_protocol",
    "statement_cache_capacity",   "statement_cache_mode"};

bool IsDriverParameter(std::string_view keyword) {
  return keyword.starts_with("pool_") ||
         std::find(std::begin(kDriverParameters), std::end(kDriverParameters), keyword) !=
             std::end(kDriverParameters);
}

/// Keywords of libpq that the installed one may be too old for.
constexpr std::string_view kNewerKeywords[] = {
    "gssdelegation",   "load_balance_hosts",  "max_protocol_version", "min_protocol_version",
    "oauth_client_id", "oauth_client_secret", "oauth_issuer",         "oauth_scope",
    "require_auth",    "scram_client_key",    "scram_server_key",     "servicefile",
    "sslcertmode",     "sslkeylogfile",       "sslnegotiation"};

tl::unexpected<Error> Unknown(std::string_view keyword) {
  if (std::find(std::begin(kNewerKeywords), std::end(kNewerKeywords), keyword) !=
      std::end(kNewerKeywords)) {
    return Fail(ErrorCode::kInvalidInput,
                fmt::format("the keyword \"{}\" needs a newer libpq than version {}", keyword,
                            PQlibVersion() / 10000));
  }
  std::vector<std::string_view> known;
  for (const auto& [name, unused] : KnownKeywords()) {
    known.push_back(name);
  }
  known.insert(known.end(), ServerSettings().begin(), ServerSettings().end());
  const bool is_word = !keyword.empty() && keyword.size() <= 63 &&
                       std::all_of(keyword.begin(), keyword.end(), [](unsigned char c) {
                         return std::isalnum(c) != 0 || c == '_' || c == '.';
                       });
  return Fail(ErrorCode::kInvalidInput,
              is_word
                  ? fmt::format("unknown keyword \"{}\"{}", keyword, DidYouMean(keyword, known))
                  : "there is a keyword that is not a word: parameters are separated by blanks, "
                    "those of a URI by &");
}

/// Returns `'…'` with libpq's escapes.
std::string QuoteParameter(std::string_view value) {
  std::string quoted = "'";
  for (const char c : value) {
    if (c == '\'' || c == '\\') {
      quoted += '\\';
    }
    quoted += c;
  }
  return quoted + '\'';
}

bool NeedsQuotes(std::string_view value) {
  return value.empty() || value.find_first_of(" '\\\t\n\v\f\r=,;") != value.npos;
}

/// Returns `-c name=value` for `options`, where a blank in the value needs a backslash.
std::string AsOption(std::string_view setting, std::string_view value) {
  std::string option = fmt::format("-c {}=", setting);
  for (const char c : value) {
    if (c == '\\' || kOptionsBlank.find(c) != kOptionsBlank.npos) {
      option += '\\';
    }
    option += c;
  }
  return option;
}

/// The range of a word in `options`; the word still has its backslashes.
struct OptionWord {
  std::size_t begin = 0;
  std::size_t end = 0;
};

std::vector<OptionWord> SplitOptions(std::string_view options) {
  std::vector<OptionWord> words;
  for (std::size_t at = 0; at < options.size();) {
    const std::size_t begin = options.find_first_not_of(kOptionsBlank, at);
    if (begin == options.npos) {
      break;
    }
    at = begin;
    while (at < options.size() && kOptionsBlank.find(options[at]) == kOptionsBlank.npos) {
      at += options[at] == '\\' ? std::size_t{2} : std::size_t{1};
    }
    at = std::min(at, options.size());
    words.push_back({begin, at});
  }
  return words;
}

/// Returns the position in a word of `options` from which on it must be masked; the word's length
/// if all of it may be shown. `before` is the previous word.
std::size_t HiddenFrom(std::string_view word, std::string_view before) {
  if (word == "-c" || word == "--") {
    return word.size();
  }
  std::string_view setting = word;
  if (word.starts_with("--") || word.starts_with("-c")) {
    setting.remove_prefix(2);
  } else if (before != "-c") {
    return 0;  // Another switch of the server: Hakem does not know what follows.
  }
  const std::size_t equals = setting.find('=');
  if (equals == setting.npos) {
    return 0;
  }
  const std::string_view name = setting.substr(0, equals);
  if (IsServerSetting(name)) {
    return word.size();
  }
  return IsExtensionSetting(name) ? word.size() - setting.size() + equals + 1 : 0;
}

/// Calls `visit` with each range of `options` that must be masked.
void ForEachHidden(std::string_view options,
                   const std::function<void(std::size_t begin, std::size_t end)>& visit) {
  std::string_view before;
  for (const OptionWord& span : SplitOptions(options)) {
    const std::string_view word = options.substr(span.begin, span.end - span.begin);
    if (const std::size_t hidden = HiddenFrom(word, before); hidden < word.size()) {
      visit(span.begin + hidden, span.end);
    }
    before = word;
  }
}

}  // namespace

std::string MaskedOptions(std::string_view options) {
  std::string masked;
  std::size_t shown_until = 0;
  ForEachHidden(options, [&](std::size_t begin, std::size_t end) {
    masked.append(options.substr(shown_until, begin - shown_until)).append(kMask);
    shown_until = end;
  });
  return masked.append(options.substr(shown_until));
}

Result<Conninfo> Conninfo::Parse(const Secret& dsn) {
  const auto parameters = ReadDsn(dsn.Reveal());
  if (!parameters) {
    return Fail(parameters.error());
  }
  Conninfo conninfo;
  bool follows_password = false;
  for (const DsnParameter& parameter : *parameters) {
    if (const Result<void> added = conninfo.Add(parameter); !added) {
      // A word that looks like a keyword may be the rest of a password with a blank or & in it.
      const bool may_be_secret = follows_password && !KnownKeywords().contains(parameter.keyword) &&
                                 !IsServerSetting(parameter.keyword);
      return Fail(added.error().code,
                  may_be_secret ? "behind the password stands an unknown keyword: a password with "
                                  "blanks needs quotes, and in a URI & is written %26"
                                : added.error().message);
    }
    follows_password = IsSecret(parameter.keyword) && !parameter.is_explicit;
  }
  if (const Result<void> counted =
          CheckPortCount(conninfo.Get(conninfo.Get("hostaddr").empty() ? "host" : "hostaddr"),
                         conninfo.Get("port"));
      !counted) {
    return Fail(counted.error());
  }
  return conninfo;
}

Result<void> Conninfo::Add(const DsnParameter& parameter, std::string_view name) {
  const std::string& keyword = parameter.keyword;
  // JDBC's spelling, which libpq accepts in URIs.
  if (keyword == "ssl" && parameter.value == "true") {
    Set("sslmode", "require");
    return {};
  }
  if (keyword == "sslinline" && parameter.value != "false") {
    return Fail(
        ErrorCode::kInvalidInput,
        "sslinline: libpq reads certificates and keys from files: write them there, and the "
        "paths to sslcert and sslkey");
  }
  if (IsDriverParameter(keyword) || keyword == "sslinline") {
    return {};
  }
  const bool is_setting = !KnownKeywords().contains(keyword);
  if (is_setting && !IsServerSetting(keyword) && !IsExtensionSetting(keyword)) {
    return Unknown(keyword);
  }
  if (Result<void> checked = CheckParameter(parameter, name.empty() ? keyword : name); !checked) {
    return checked;
  }
  if (parameter.value.empty()) {
    return {};
  }
  const std::string options = Get("options");
  if (is_setting) {
    Set("options", options + (options.empty() ? "" : " ") + AsOption(keyword, parameter.value));
  } else if (keyword == "options" && !options.empty()) {
    Set("options",
        parameter.value + " " +
            options);  // The server applies the last one: settings take precedence.
  } else {
    Set(keyword, parameter.value);
  }
  return {};
}

void Conninfo::Set(std::string_view keyword, std::string_view value) {
  if (value.empty()) {
    parameters_.erase(std::string(keyword));
    secrets_.erase(std::string(keyword));
  } else if (IsSecret(keyword)) {
    secrets_.insert_or_assign(std::string(keyword), Secret(std::string(value)));
  } else {
    parameters_.insert_or_assign(std::string(keyword), std::string(value));
  }
}

std::string Conninfo::Get(std::string_view keyword) const {
  const auto found = parameters_.find(keyword);
  return found == parameters_.end() ? "" : found->second;
}

const Secret& Conninfo::password() const {
  static const Secret none;
  const auto found = secrets_.find("password");
  return found == secrets_.end() ? none : found->second;
}

std::vector<Secret> Conninfo::Secrets() const {
  std::vector<Secret> secrets;
  for (const auto& [keyword, secret] : secrets_) {
    secrets.push_back(secret);
  }
  const std::string options = Get("options");
  ForEachHidden(options, [&](std::size_t begin, std::size_t end) {
    secrets.emplace_back(options.substr(begin, end - begin));
  });
  return secrets;
}

Secret Conninfo::ToDsn() const {
  std::string dsn;
  const auto append = [&](std::string_view keyword, std::string_view value) {
    dsn.append(dsn.empty() ? "" : " ").append(keyword).append("=").append(QuoteParameter(value));
  };
  for (const auto& [keyword, value] : parameters_) {
    append(keyword, value);
  }
  for (const auto& [keyword, secret] : secrets_) {
    if (!secret.empty()) {
      append(keyword, secret.Reveal());
    }
  }
  return Secret(std::move(dsn));
}

std::string Conninfo::Masked() const {
  std::string text;
  for (const auto& [keyword, value] : parameters_) {
    const std::string shown = keyword == "options" ? MaskedOptions(value) : value;
    text.append(text.empty() ? "" : " ").append(keyword).append("=");
    text.append(NeedsQuotes(shown) ? QuoteParameter(shown) : shown);
  }
  for (const auto& [keyword, secret] : secrets_) {
    if (!secret.empty()) {
      text.append(text.empty() ? "" : " ").append(keyword).append("=").append(secret.Masked());
    }
  }
  return text;
}

bool Conninfo::operator==(const Conninfo& other) const {
  return parameters_ == other.parameters_ && ToDsn().Reveal() == other.ToDsn().Reveal();
}

Result<void> CheckLibpqVariables(const Conninfo& conninfo, const yaml::Environment& environment) {
  for (const auto& [keyword, known] : KnownKeywords()) {
    if (known.variable.empty() || known.is_secret || !conninfo.Get(keyword).empty()) {
      continue;
    }
    const std::string value = environment(known.variable).value_or("");
    if (Result<void> checked = CheckParameter(
            {.keyword = keyword, .value = value, .is_explicit = true}, known.variable);
        !checked) {
      return checked;
    }
  }
  return {};
}

}  // namespace hakem::config

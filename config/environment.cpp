#include "config/environment.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <iterator>
#include <span>
#include <utility>

#include "config/target/parameter_check.h"
#include "format/number.h"
#include "model/read_file.h"

namespace hakem::config {
namespace {

/// Reads the value of a variable from a file: all of it if it may have several lines, as a data
/// source name may, else the first line.
Result<std::string> ReadValue(const std::string& path, bool is_multiline) {
  if (!is_multiline) {
    return ReadSecretLine(path);
  }
  return ReadFile(path, FileKind::kSecret).transform([](std::string text) {
    text.erase(text.find_last_not_of("\r\n") + 1);
    return text;
  });
}

/// Whether the text in NAME_FILE may be the value itself, which belongs into NAME: a password,
/// which may contain a slash, or a web address.
bool MayBeValueItself(std::string_view path) {
  const bool begins_as_path =
      path.starts_with('/') || path.starts_with("./") || path.starts_with("../");
  return !begins_as_path || path.find_first_of("=\n") != path.npos;
}

/// Why the file that NAME_FILE names cannot be read.
std::string WhyUnreadable(const std::string& name, const std::string& path, std::string message) {
  const std::size_t found = message.find(path);
  if (found != message.npos && MayBeValueItself(path)) {
    message.replace(found, path.size(), "the file that it names");
  }
  return fmt::format("{}_FILE: {}", name, message);
}

/// Returns the value of a variable or the content of the file that NAME_FILE names. The file takes
/// precedence.
Result<std::string> Read(const yaml::Environment& environment, const std::string& name) {
  if (const auto path = environment(name + "_FILE"); path && !path->empty()) {
    Result<std::string> text = ReadValue(*path, name == "DATA_SOURCE_NAME");
    return text ? text
                : Result<std::string>(Fail(ErrorCode::kInvalidInput,
                                           WhyUnreadable(name, *path, text.error().message)));
  }
  return environment(name).value_or("");
}

/// Reads several variables and keeps the first error.
class Variables {
 public:
  explicit Variables(const yaml::Environment& environment) : environment_(environment) {}

  std::string operator()(const std::string& name) {
    Result<std::string> value = Read(environment_, name);
    if (!value && result_) {
      result_ = Fail(value.error());
    }
    return value.value_or("");
  }

  void Wrong(std::string message) {
    if (result_) {
      result_ = Fail(ErrorCode::kInvalidInput, std::move(message));
    }
  }

  const Result<void>& result() const { return result_; }

 private:
  const yaml::Environment& environment_;
  Result<void> result_;
};

/// Returns whether the variable, or the one that names a file instead, is set and not empty.
bool IsSet(const yaml::Environment& environment, const std::string& name) {
  return !environment(name).value_or("").empty() ||
         !environment(name + "_FILE").value_or("").empty();
}

bool IsAnySet(const yaml::Environment& environment, std::span<const std::string_view> names) {
  return std::any_of(names.begin(), names.end(),
                     [&](std::string_view name) { return IsSet(environment, std::string(name)); });
}

constexpr std::string_view kDbVariableNames[] = {"DB_HOST", "DB_PORT", "DB_NAME", "DB_USER",
                                                 "DB_PASSWORD"};

/// A DB_* variable with its default: those of the scripts that Hakem replaces.
struct DbVariable {
  std::string_view keyword;  ///< The parameter of libpq that it sets.
  std::string_view variable;
  std::vector<std::string_view> of_libpq;  ///< Variables that take the place of the default.
  std::string_view otherwise;  ///< The default; it counts only if another DB_* variable is set.
};

const std::vector<DbVariable>& DbVariables() {
  static const std::vector<DbVariable> all = {
      {"host", "DB_HOST", {"PGHOST", "PGHOSTADDR", "PGSERVICE"}, "localhost"},
      {"port", "DB_PORT", {"PGPORT", "PGSERVICE"}, "5432"},
      {"dbname", "DB_NAME", {"PGDATABASE", "PGSERVICE"}, "hokm_game"},
      {"user", "DB_USER", {"PGUSER", "PGSERVICE"}, "hakem"}};
  return all;
}

/// Sets parameters from DB_*; sets none, and leaves them to libpq, if no DB_* variable is set.
/// Errors: kInvalidInput: a value that libpq would not accept, with the variable's name.
Result<void> SetFromDbVariables(const yaml::Environment& environment, Variables& variable,
                                Conninfo& conninfo) {
  const bool is_any_set = IsAnySet(environment, kDbVariableNames);
  for (const DbVariable& one : DbVariables()) {
    std::string value = variable(std::string(one.variable));
    if (value.empty() && is_any_set && !IsAnySet(environment, one.of_libpq)) {
      value = one.otherwise;
    }
    const DsnParameter parameter{
        .keyword = std::string(one.keyword), .value = std::move(value), .is_explicit = true};
    if (Result<void> added = conninfo.Add(parameter, one.variable); !added) {
      return added;
    }
  }
  return {};
}

std::vector<std::string> SplitAddresses(std::string_view text) {
  std::vector<std::string> addresses;
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    std::string_view one = text.substr(0, comma);
    while (!one.empty() && one.front() == ' ') {
      one.remove_prefix(1);
    }
    while (!one.empty() && one.back() == ' ') {
      one.remove_suffix(1);
    }
    if (!one.empty()) {
      addresses.emplace_back(one);
    }
    text = comma == text.npos ? std::string_view() : text.substr(comma + 1);
  }
  return addresses;
}

/// Accepts an IPv6 address with brackets too, as curl does.
Result<void> CheckSmtpHost(std::string_view host) {
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  }
  return CheckHostName(host, "SMTP_HOST");
}

}  // namespace

yaml::Environment ProcessEnvironment() {
  return [](const std::string& name) -> std::optional<std::string> {
    // No thread changes the environment after main has begun.
    const char* value = std::getenv(name.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  };
}

bool NamesDatabase(const yaml::Environment& environment) {
  constexpr std::string_view kNames[] = {"DATA_SOURCE_NAME", "DATA_SOURCE_URI", "PGHOST",
                                         "PGHOSTADDR",       "PGDATABASE",      "PGSERVICE"};
  return IsAnySet(environment, kNames) || IsAnySet(environment, kDbVariableNames);
}

Result<Conninfo> ConninfoFromEnvironment(const yaml::Environment& environment) {
  Variables variable(environment);
  const std::string name = variable("DATA_SOURCE_NAME");
  const std::string uri = variable("DATA_SOURCE_URI");
  std::string user = variable("DATA_SOURCE_USER");
  std::string password = variable("DATA_SOURCE_PASS");
  Conninfo conninfo;
  if (!name.empty() || !uri.empty()) {
    const bool has_scheme = uri.find("://") != uri.npos;
    Result<Conninfo> parsed = Conninfo::Parse(Secret(!name.empty() ? name
                                                     : has_scheme  ? uri
                                                                   : "postgresql://" + uri));
    if (!parsed) {
      return Fail(parsed.error().code,
                  fmt::format("{}: {}", name.empty() ? "DATA_SOURCE_URI" : "DATA_SOURCE_NAME",
                              parsed.error().message));
    }
    conninfo = *std::move(parsed);
    if (!name.empty()) {
      user.clear();
      password.clear();
    }
  } else {
    if (const Result<void> set = SetFromDbVariables(environment, variable, conninfo); !set) {
      return Fail(set.error());
    }
    user.clear();
    password = variable("DB_PASSWORD");
  }
  if (!user.empty()) {
    conninfo.Set("user", user);
  }
  if (!password.empty()) {
    conninfo.SetPassword(Secret(std::move(password)));
  }
  if (!variable.result()) {
    return Fail(variable.result().error());
  }
  if (const Result<void> checked = CheckLibpqVariables(conninfo, environment); !checked) {
    return Fail(checked.error());
  }
  return conninfo;
}

std::string StateDirectoryFromEnvironment(const yaml::Environment& environment) {
  const std::string directories = environment("STATE_DIRECTORY").value_or("");
  return directories.substr(0, directories.find(':'));
}

std::string PasswordFileFromEnvironment(const yaml::Environment& environment) {
  if (IsSet(environment, "DATA_SOURCE_NAME")) {
    return "";
  }
  const bool has_uri = IsSet(environment, "DATA_SOURCE_URI");
  return environment(has_uri ? "DATA_SOURCE_PASS_FILE" : "DB_PASSWORD_FILE").value_or("");
}

Result<Thresholds> ThresholdsFromEnvironment(const yaml::Environment& environment) {
  Thresholds thresholds = DefaultThresholds();
  for (std::size_t i = 0; i < kThresholds.size(); ++i) {
    const ThresholdSpec& spec = kThresholds[i];
    const std::string text = environment(std::string(spec.variable)).value_or("");
    if (text.empty()) {
      continue;
    }
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value) ||
        value < 0) {
      return Fail(ErrorCode::kInvalidInput,
                  fmt::format("{}: \"{}\" is not a threshold: write a number from 0 up, such as {}",
                              spec.variable, text,
                              FormatNumber(spec.default_value / spec.variable_scale,
                                           NumberForm::kExposition)));
    }
    thresholds[i] = value * spec.variable_scale;
  }
  return thresholds;
}

Result<ReceiverConfig> ReceiversFromEnvironment(const yaml::Environment& environment) {
  Variables variable(environment);
  ReceiverConfig receivers;
  receivers.slack_webhook = Secret(variable("ALERT_WEBHOOK"));
  receivers.email_to = SplitAddresses(variable("ALERT_EMAIL"));
  receivers.smtp_host = variable("SMTP_HOST");
  receivers.smtp_user = variable("SMTP_USER");
  receivers.smtp_password = Secret(variable("SMTP_PASSWORD"));
  receivers.smtp_from = variable("SMTP_FROM");
  const std::string port = variable("SMTP_PORT");
  if (!port.empty()) {
    if (const Result<int> number = ParsePort(port, "SMTP_PORT")) {
      receivers.smtp_port = *number;
    } else {
      variable.Wrong(number.error().message);
    }
  }
  if (!receivers.smtp_host.empty()) {
    if (const Result<void> checked = CheckSmtpHost(receivers.smtp_host); !checked) {
      variable.Wrong(checked.error().message);
    }
  }
  if (const std::string tls = variable("SMTP_TLS"); !tls.empty()) {
    if (tls != "starttls" && tls != "implicit" && tls != "none") {
      variable.Wrong(fmt::format("SMTP_TLS: \"{}\" is none of starttls, implicit, none", tls));
    }
    receivers.smtp_tls = tls;
  } else if (receivers.smtp_port == 465) {
    receivers.smtp_tls = "implicit";
  }
  if (const std::string& url = receivers.slack_webhook.Reveal();
      !url.empty() && !url.starts_with("http://") && !url.starts_with("https://")) {
    variable.Wrong("ALERT_WEBHOOK: not a web address: it begins with neither https:// nor http://");
  }
  if (receivers.smtp_from.empty()) {
    receivers.smtp_from =
        receivers.smtp_user.find('@') != std::string::npos
            ? receivers.smtp_user
            : "hakem@" + (receivers.smtp_host.empty() ? "localhost" : receivers.smtp_host);
  }
  if (!variable.result()) {
    return Fail(variable.result().error());
  }
  return receivers;
}

}  // namespace hakem::config

#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "config/target/dsn_text.h"
#include "model/result.h"
#include "model/secret.h"
#include "yaml/expand.h"

namespace hakem::exporter {

/// How to reach a PostgreSQL server: libpq's connection parameters by keyword. Passwords are kept
/// apart from what may be shown. What is not set comes from libpq's PG* variables and defaults.
class Conninfo {
 public:
  Conninfo() = default;

  /// Reads `keyword=value …` or `postgresql://…`; see ReadDsn and Add.
  /// Errors: kInvalidInput; the text, which may hold a password, is not repeated.
  static Result<Conninfo> Parse(const Secret& dsn);

  /// Adds a parameter that somebody wrote. A keyword of libpq sets its parameter. A setting of the
  /// server (`search_path`, `app.tenant`) becomes a part of `options`, as Go's drivers hand it to
  /// the server. What only steers such a driver (`binary_parameters`, `pool_max_conns`) is passed
  /// over. An empty value changes nothing.
  /// Errors: kInvalidInput: an unknown keyword, with the nearest known one; a value that
  /// CheckParameter refuses. `name`: what messages call the parameter; empty: by its keyword.
  Result<void> Add(const DsnParameter& parameter, std::string_view name = "");

  /// Sets a parameter; an empty value removes it. `keyword` is one of libpq's, the value a right
  /// one.
  void Set(std::string_view keyword, std::string_view value);

  void SetPassword(Secret password) { secrets_.insert_or_assign("password", std::move(password)); }

  /// "" when not set, and for passwords.
  std::string Get(std::string_view keyword) const;

  bool has_password() const { return !password().empty(); }

  const Secret& password() const;

  /// All passwords, and the values of those settings in `options` which only an extension or the
  /// user knows, as they may be secrets too.
  std::vector<Secret> Secrets() const;

  /// What libpq connects with, the passwords included.
  Secret ToDsn() const;

  /// The same for people: `host=127.0.0.1 user=hakem password=<secret>`.
  std::string Masked() const;

  bool operator==(const Conninfo& other) const;

 private:
  std::map<std::string, std::string, std::less<>> parameters_;
  std::map<std::string, Secret, std::less<>> secrets_;  ///< By keyword; none is empty.
};

/// Checks those PG* variables of libpq that count for `conninfo`, because it lacks their keywords.
/// Errors: kInvalidInput, naming the variable; its value is not repeated.
Result<void> CheckLibpqVariables(const Conninfo& conninfo, const yaml::Environment& environment);

/// The `options` of a connection for people: the values of settings that only an extension or the
/// user knows are masked, and whatever is not understood.
std::string MaskedOptions(std::string_view options);

}  // namespace hakem::exporter

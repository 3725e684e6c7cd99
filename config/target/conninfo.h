#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "config/target/dsn_text.h"
#include "model/result.h"
#include "model/secret.h"
#include "yaml/expand.h"

namespace hakem::config {

/// How to reach a PostgreSQL server: libpq's connection parameters by keyword. Secrets are kept
/// apart from what may be shown. libpq takes what is not set from PG* variables and its defaults.
class Conninfo {
 public:
  Conninfo() = default;

  /// Reads `keyword=value …` or `postgresql://…`; see ReadDsn and Add.
  /// Errors: kInvalidInput; the text, which may hold a password, is not repeated.
  static Result<Conninfo> Parse(const Secret& dsn);

  /// Adds a parameter of a data source name. A keyword of libpq sets its parameter. A setting of
  /// the server (`search_path`, `app.tenant`) becomes a part of `options`, as Go's drivers pass it
  /// to the server. Parameters of such drivers themselves (`binary_parameters`, `pool_max_conns`)
  /// are ignored. An empty value changes nothing. `name` is what messages call the parameter; if
  /// empty, its keyword. Errors: kInvalidInput: an unknown keyword, with the nearest known one; a
  /// value that CheckParameter refuses.
  Result<void> Add(const DsnParameter& parameter, std::string_view name = "");

  /// Sets a parameter; an empty value removes it. Requires: `keyword` is one of libpq's, and the
  /// value is valid for it.
  void Set(std::string_view keyword, std::string_view value);

  void SetPassword(Secret password) { secrets_.insert_or_assign("password", std::move(password)); }

  /// Returns the value; "" if it is not set, and for passwords.
  std::string Get(std::string_view keyword) const;

  bool has_password() const { return !password().empty(); }

  /// Empty if none is set.
  const Secret& password() const;

  /// Returns all passwords, and the values of settings in `options` that PostgreSQL itself does not
  /// define, because they may be secrets too.
  std::vector<Secret> Secrets() const;

  /// Returns the connection string for libpq, passwords included.
  Secret ToDsn() const;

  /// Returns the connection string with its secrets masked: `host=127.0.0.1 user=hakem
  /// password=<secret>`.
  std::string Masked() const;

  bool operator==(const Conninfo& other) const;

 private:
  std::map<std::string, std::string, std::less<>> parameters_;
  std::map<std::string, Secret, std::less<>> secrets_;  ///< By keyword; none is empty.
};

/// Checks the PG* variables that libpq would use, because `conninfo` lacks their keywords.
/// Errors: kInvalidInput, naming the variable; its value is not repeated.
Result<void> CheckLibpqVariables(const Conninfo& conninfo, const yaml::Environment& environment);

/// Masks the secrets in the `options` of a connection: the values of settings that PostgreSQL
/// itself does not define, and whatever cannot be parsed.
std::string MaskedOptions(std::string_view options);

}  // namespace hakem::config

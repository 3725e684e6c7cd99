#pragma once

#include <map>
#include <string>
#include <string_view>

#include "model/result.h"
#include "model/secret.h"

namespace hakem::exporter {

/// How to reach a PostgreSQL server: libpq's connection parameters by keyword. The password is kept
/// apart from what may be shown. What is not set comes from libpq's PG* variables and defaults.
class Conninfo {
 public:
  Conninfo() = default;

  /// Reads `keyword=value …` or `postgresql://…`, by libpq's own parser.
  /// Errors: kInvalidInput with libpq's reason; the text, which may hold a password, is not
  /// repeated.
  static Result<Conninfo> Parse(const Secret& dsn);

  /// Sets a parameter; an empty value removes it. `keyword` is one of libpq's.
  void Set(std::string_view keyword, std::string_view value);

  void SetPassword(Secret password) { password_ = std::move(password); }

  /// "" when not set.
  std::string Get(std::string_view keyword) const;

  bool has_password() const { return !password_.empty(); }

  const Secret& password() const { return password_; }

  /// What libpq connects with, the password included.
  Secret ToDsn() const;

  /// The same for people: `host=127.0.0.1 user=hakem password=<secret>`.
  std::string Masked() const;

  bool operator==(const Conninfo& other) const {
    return parameters_ == other.parameters_ && password_.Reveal() == other.password_.Reveal();
  }

 private:
  std::map<std::string, std::string, std::less<>> parameters_;
  Secret password_;
};

}  // namespace hakem::exporter

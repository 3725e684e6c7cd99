#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "process/private_postgres.h"

namespace hakem {

/// A password that must not appear in any output.
inline constexpr std::string_view kCanaryPassword = "canary-4f1a";

/// A private PostgreSQL with the Hokm schema, empty, in the database hokm_game, and the role
/// `hakem` as shipped, with kCanaryPassword as its password. All roles need a password; that of the
/// superuser is `super`.
class HokmDatabase {
 public:
  /// Throws if the server cannot be started, because the test cannot continue.
  HokmDatabase();

  process::PrivatePostgres& server() { return *server_; }

  /// Returns the superuser's connection string with the password.
  std::string AdminDsn() const;

  /// Returns the connection string of the role `hakem` without its password.
  std::string MonitorDsn() const { return server_->Dsn("hokm_game", "hakem"); }

  /// Runs statements as the superuser and returns the first cell of the last one's rows; "" if
  /// there is none.
  std::string Run(std::string_view sql) const;

 private:
  std::unique_ptr<process::PrivatePostgres> server_;
};

}  // namespace hakem

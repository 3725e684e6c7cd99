#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "process/private_postgres.h"

namespace hakem {

/// A password that must never be seen anywhere.
inline constexpr std::string_view kCanaryPassword = "canary-4f1a";

/// A private PostgreSQL with the Hokm schema, empty, in the database hokm_game, and the role
/// `hakem` as shipped, which has kCanaryPassword as its password. Everyone is asked for one; the
/// superuser's is `super`.
class HokmDatabase {
 public:
  /// Throws when it cannot be made: a test cannot go on.
  HokmDatabase();

  process::PrivatePostgres& server() { return *server_; }

  /// libpq's connection string of the superuser, the password included.
  std::string AdminDsn() const;

  /// Of the role `hakem`, without its password.
  std::string MonitorDsn() const { return server_->Dsn("hokm_game", "hakem"); }

  /// Runs statements as the superuser and returns the first cell of the last one's rows, "" when
  /// none.
  std::string Run(std::string_view sql) const;

 private:
  std::unique_ptr<process::PrivatePostgres> server_;
};

}  // namespace hakem

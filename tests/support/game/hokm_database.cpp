#include "tests/support/game/hokm_database.h"

#include <fmt/format.h>

#include <pqxx/pqxx>
#include <stdexcept>

#include "simulator/database/schema.h"

namespace hakem {
namespace {

constexpr std::string_view kSuperuserPassword = "super";

std::string RunOn(const std::string& dsn, std::string_view sql) {
  pqxx::connection connection(dsn);
  pqxx::nontransaction work(connection);
  const pqxx::result rows = work.exec(std::string(sql));
  return rows.empty() ? "" : rows[0][0].c_str();
}

}  // namespace

HokmDatabase::HokmDatabase() {
  auto made = process::PrivatePostgres::Make(
      {.password = Secret(std::string(kSuperuserPassword)), .settings = {"wal_level = replica"}});
  if (!made) {
    throw std::runtime_error(made.error().message);
  }
  server_ = *std::move(made);
  RunOn(fmt::format("{} password={}", server_->Dsn(), kSuperuserPassword),
        "CREATE DATABASE hokm_game");
  Run(simulator::kSchemaSql);
  Run(simulator::kMonitorRoleSql);
  Run(fmt::format("ALTER ROLE hakem PASSWORD '{}'", kCanaryPassword));
}

std::string HokmDatabase::AdminDsn() const {
  return fmt::format("{} password={}", server_->Dsn("hokm_game"), kSuperuserPassword);
}

std::string HokmDatabase::Run(std::string_view sql) const {
  return RunOn(AdminDsn(), sql);
}

}  // namespace hakem

#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <memory>
#include <pqxx/pqxx>
#include <string>
#include <string_view>

#include "exporter/session/postgres_session.h"
#include "process/private_postgres.h"
#include "tests/support/matchers.h"

namespace hakem::exporter {

inline constexpr std::string_view kPassword = "canary-5f2c 'quoted' \\ password";

/// One server for all tests; `hakem` is the least-privileged role that is enough.
class SessionTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto made = process::PrivatePostgres::Make(
        {.password = Secret(std::string(kPassword)), .settings = {"max_connections = 20"}});
    ASSERT_THAT(made, IsOk());
    server_ = std::move(*made);
    Admin("CREATE ROLE hakem LOGIN PASSWORD " + collectors::QuoteLiteral(kPassword) +
          "; GRANT pg_monitor TO hakem; CREATE TABLE public.secrets(); SELECT 1");
  }

  static void TearDownTestSuite() { server_.reset(); }

  static config::Conninfo ConninfoFor(std::string_view user, std::string_view password, int port) {
    config::Conninfo conninfo;
    conninfo.Set("host", "127.0.0.1");
    conninfo.Set("port", fmt::format("{}", port));
    conninfo.Set("dbname", "postgres");
    conninfo.Set("user", user);
    conninfo.SetPassword(Secret(std::string(password)));
    return conninfo;
  }

  /// The first value of what a superuser's statements return, or "".
  static std::string Admin(const std::string& sql) {
    pqxx::connection connection(
        ConninfoFor("postgres", kPassword, server_->port()).ToDsn().Reveal());
    pqxx::nontransaction work(connection);
    const pqxx::result rows = work.exec(sql);
    return rows.empty() ? "" : rows[0][0].c_str();
  }

  static Result<std::string> Ask(collectors::Session& session, std::string_view sql) {
    const auto rows = session.Query(sql);
    return rows ? Result<std::string>(std::string(rows->Text(0, 0).value_or("NULL")))
                : Fail(rows.error());
  }

  inline static std::unique_ptr<process::PrivatePostgres> server_;
  PostgresSessionFactory factory_{ConninfoFor("hakem", kPassword, server_->port()), "",
                                  SystemClock()};
};

}  // namespace hakem::exporter

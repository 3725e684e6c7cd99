#include "exporter/session/postgres_error.h"

#include <fmt/format.h>

#include "tests/support/matchers.h"

namespace hakem::exporter {
namespace {

constexpr std::string_view kServer = "connection to server at \"127.0.0.1\", port 5432 failed: ";

ConnectFailure Classify(std::string_view rest) {
  return ClassifyConnectFailure(fmt::format("{}{}", kServer, rest));
}

ConnectFailure Expected(DownReason reason, ErrorCode code, std::string_view rest) {
  return {reason, {code, fmt::format("{}{}", kServer, rest)}};
}

TEST(CodeOfSqlState, MapsToWhatTheCallerShouldDo) {
  EXPECT_EQ(CodeOfSqlState("57014"), ErrorCode::kTimeout);
  EXPECT_EQ(CodeOfSqlState("55P03"), ErrorCode::kTimeout);
  EXPECT_EQ(CodeOfSqlState("40001"), ErrorCode::kTimeout);
  EXPECT_EQ(CodeOfSqlState("57P01"), ErrorCode::kUnavailable);
  EXPECT_EQ(CodeOfSqlState("53300"), ErrorCode::kUnavailable);
  EXPECT_EQ(CodeOfSqlState("42501"), ErrorCode::kRefused);
  EXPECT_EQ(CodeOfSqlState("42P01"), ErrorCode::kInvalidInput);
  EXPECT_EQ(CodeOfSqlState("42703"), ErrorCode::kInvalidInput);
  EXPECT_EQ(CodeOfSqlState("25006"), ErrorCode::kInvalidInput);
}

TEST(QueryError, KeepsTheFirstLineWithoutItsSeverity) {
  EXPECT_EQ(QueryError("ERROR:  42P01: relation \"games\" does not exist\nLINE 1: SELECT\n"),
            (Error{ErrorCode::kInvalidInput, "relation \"games\" does not exist"}));
  EXPECT_EQ(QueryError("FEHLER:  57014: storniere Anfrage"),
            (Error{ErrorCode::kTimeout, "storniere Anfrage"}));
}

TEST(ClassifyConnectFailure, RecognisesThatNoServerResponds) {
  EXPECT_EQ(Classify("Connection refused\n\tIs the server running on that host?\n"),
            Expected(DownReason::kConnect, ErrorCode::kUnavailable, "Connection refused"));
  EXPECT_EQ(ClassifyConnectFailure("could not translate host name \"db\" to address: unknown\n"),
            (ConnectFailure{DownReason::kConnect,
                            {ErrorCode::kUnavailable,
                             "could not translate host name \"db\" to address: unknown"}}));
}

TEST(ClassifyConnectFailure, RecognisesAWrongPasswordInAnyLanguage) {
  EXPECT_EQ(Classify("FATAL:  28P01: Passwort-Authentifizierung für Benutzer »x« fehlgeschlagen\n"
                     "ORT:  auth_failed, auth.c:335\n"),
            Expected(DownReason::kAuth, ErrorCode::kRefused,
                     "Passwort-Authentifizierung für Benutzer »x« fehlgeschlagen"));
}

TEST(ClassifyConnectFailure, RecognisesAMissingPassword) {
  EXPECT_EQ(Classify("fe_sendauth: no password supplied\n"),
            Expected(DownReason::kAuth, ErrorCode::kRefused, "fe_sendauth: no password supplied"));
}

TEST(ClassifyConnectFailure, RecognisesAServerThatRecovers) {
  EXPECT_EQ(Classify("FATAL:  57P03: the database system is starting up\n"),
            Expected(DownReason::kRecovery, ErrorCode::kUnavailable,
                     "the database system is starting up"));
}

TEST(ClassifyConnectFailure, ReturnsOtherForTheRest) {
  EXPECT_EQ(Classify("FATAL:  3D000: database \"hokm\" does not exist\n"),
            Expected(DownReason::kOther, ErrorCode::kRefused, "database \"hokm\" does not exist"));
  EXPECT_EQ(
      Classify("FATAL:  53300: sorry, too many clients already\n"),
      Expected(DownReason::kOther, ErrorCode::kUnavailable, "sorry, too many clients already"));
}

TEST(ClassifyConnectFailure, RecognisesAPooler) {
  EXPECT_EQ(Classify("FATAL:  08P01: unsupported startup parameter: options\n"),
            Expected(DownReason::kOther, ErrorCode::kRefused,
                     "unsupported startup parameter: options: this is a connection pooler "
                     "(PgBouncer); connect to the PostgreSQL server directly"));
}

}  // namespace
}  // namespace hakem::exporter

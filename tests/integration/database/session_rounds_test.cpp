// What code that runs in the monitoring session can do on a real PostgreSQL: rounds are read-only,
// changed settings are restored, nothing is left behind, sizes are limited.
#include <fmt/format.h>

#include "tests/support/collection/session_fixture.h"
#include "tests/support/programs/hakem_process.h"

namespace hakem::exporter {
namespace {

using collectors::RoundOptions;
using collectors::Session;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class SessionRoundsTest : public SessionTest {
 protected:
  static void SetUpTestSuite() {
    SessionTest::SetUpTestSuite();
    // Functions that the owner of a table can make Hakem's role run.
    Admin(R"(
CREATE SCHEMA game;
GRANT USAGE ON SCHEMA game TO hakem;
CREATE TABLE game.moves (move text);
INSERT INTO game.moves VALUES ('card');
GRANT ALL ON game.moves TO hakem;
CREATE FUNCTION game.run(sql text) RETURNS text LANGUAGE plpgsql AS
$$BEGIN EXECUTE sql; RETURN ''; EXCEPTION WHEN OTHERS THEN RETURN SQLERRM; END$$;
CREATE FUNCTION game.turn(name text, value text) RETURNS text LANGUAGE sql AS
$$SELECT set_config(name, value, false)$$;
CREATE FUNCTION game.sleep() RETURNS text LANGUAGE plpgsql AS
$$BEGIN PERFORM pg_sleep(3600); RETURN '';
EXCEPTION WHEN query_canceled THEN PERFORM pg_sleep(3600); RETURN ''; END$$;
CREATE FUNCTION game.cling() RETURNS text LANGUAGE plpgsql AS
$$BEGIN LOOP BEGIN PERFORM pg_sleep(3600); EXCEPTION WHEN query_canceled THEN NULL; END; END LOOP; END$$;
CREATE VIEW game.seen AS SELECT move, game.run('SELECT 1') FROM game.moves;
GRANT SELECT ON game.seen TO hakem;
CREATE TABLE game.hidden (move text);
GRANT SELECT ON game.hidden TO hakem;
ALTER TABLE game.hidden ENABLE ROW LEVEL SECURITY;
CREATE POLICY nothing ON game.hidden USING (game.run('SELECT 1') IS NULL);
SELECT 1)");
  }

  std::unique_ptr<Session> Connect(const SessionLimits& limits = {}) {
    auto session = factory_.Connect(limits, {});
    EXPECT_TRUE(session.has_value()) << session.error().error.message;
    return session ? *std::move(session) : nullptr;
  }

  /// Waits until no backend of Hakem is left.
  static bool NobodyIsLeft() {
    return Eventually(seconds(20), [] {
      return Admin("SELECT count(*) FROM pg_stat_activity WHERE usename = 'hakem'") == "0";
    });
  }
};

TEST_F(SessionRoundsTest, AreReadOnlyEvenForFunctionsThatTheyCall) {
  const auto session = Connect();
  for (const std::string_view sql :
       {"INSERT INTO game.moves VALUES (''trick'')", "CREATE TEMP TABLE t ()",
        "ALTER ROLE hakem PASSWORD ''attacker''",
        "SET transaction_read_only = off; INSERT INTO game.moves VALUES (''trick'')"}) {
    EXPECT_THAT(Ask(*session, fmt::format("SELECT game.run('{}')", sql)),
                IsOkAndHolds(testing::AnyOf(HasSubstr("read-only transaction"),
                                            HasSubstr("read-write mode"))))
        << sql;
  }
  // Changing the session does not help, neither in the same round nor in a later one.
  EXPECT_THAT(Ask(*session,
                  "SELECT game.turn('default_transaction_read_only', 'off'), "
                  "game.turn('statement_timeout', '0'); "
                  "SELECT game.run('INSERT INTO game.moves VALUES (''trick'')')"),
              IsOkAndHolds("cannot execute INSERT in a read-only transaction"));
  EXPECT_THAT(Ask(*session, "SELECT game.run('INSERT INTO game.moves VALUES (''trick'')')"),
              IsOkAndHolds("cannot execute INSERT in a read-only transaction"));
  EXPECT_EQ(Admin("SELECT count(*) FROM game.moves"), "1");
}

TEST_F(SessionRoundsTest, UndoSettingsOfFunctionsThatTheyCalled) {
  testing::internal::CaptureStderr();
  PostgresSessionFactory factory(ConninfoFor("hakem", kPassword, server_->port()), "",
                                 SystemClock(), {},
                                 Log(LogLevel::kInfo, LogFormat::kLogfmt).For("session"));
  auto session = factory.Connect({}, {});
  ASSERT_TRUE(session.has_value());
  const std::tuple<std::string_view, std::string_view, std::string_view> settings[] = {
      {"statement_timeout", "0", "2s"},
      {"lock_timeout", "0", "500ms"},
      {"search_path", "game", "pg_catalog"},
      {"role", "pg_monitor", "none"},
      {"row_security", "on", "off"},
      {"extra_float_digits", "0", "1"},
      {"DateStyle", "German", "ISO, MDY"},
      {"client_encoding", "LATIN1", "SQL_ASCII"},
      {"application_name", "somebody", "hakem"},
      {"work_mem", "1GB", "4MB"},  // Not a setting of ours, but restored too.
  };
  for (const auto& [name, turned, value] : settings) {
    EXPECT_THAT(Ask(**session, fmt::format("SELECT game.turn('{}', '{}')", name, turned)), IsOk());
    EXPECT_THAT(Ask(**session, fmt::format("SHOW {}", name)), IsOkAndHolds(std::string(value)));
  }
  session->reset();
  const std::string log = testing::internal::GetCapturedStderr();
  EXPECT_THAT(log, AllOf(HasSubstr("settings=statement_timeout"), HasSubstr("settings=search_path"),
                         HasSubstr("settings=role"), HasSubstr("settings=DateStyle")));
}

TEST_F(SessionRoundsTest, LogNothingUnlessTheyAreTurned) {
  testing::internal::CaptureStderr();
  PostgresSessionFactory factory(ConninfoFor("hakem", kPassword, server_->port()), "",
                                 SystemClock(), {},
                                 Log(LogLevel::kInfo, LogFormat::kLogfmt).For("session"));
  auto session = factory.Connect({}, {});
  ASSERT_TRUE(session.has_value());
  EXPECT_THAT(Ask(**session, "SELECT 1"), IsOk());
  EXPECT_THAT(Ask(**session, "SELECT 1/0"), HasCode(ErrorCode::kInvalidInput));
  (*session)->Configure({.own_texts = true, .user_views = true});
  EXPECT_THAT(Ask(**session, "SELECT move FROM game.seen"), IsOkAndHolds("card"));
  (*session)->Configure({});
  Admin("ALTER SYSTEM SET work_mem = '5MB'");
  Admin("SELECT pg_reload_conf()");
  EXPECT_THAT(Ask(**session, "SELECT 1"), IsOk());
  session->reset();
  Admin("ALTER SYSTEM RESET work_mem");
  Admin("SELECT pg_reload_conf()");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST_F(SessionRoundsTest, EndTheSessionIfItsStatementsWereReplaced) {
  auto session = Connect();
  EXPECT_THAT(
      Ask(*session, "SELECT game.run('DEALLOCATE hakem_pins; PREPARE hakem_pins AS SELECT 1')"),
      IsOkAndHolds(""));
  EXPECT_THAT(Ask(*session, "SELECT 1"), HasCode(ErrorCode::kUnavailable));
  session = Connect();
  EXPECT_THAT(Ask(*session, "SELECT game.run('DEALLOCATE ALL')"), IsOkAndHolds(""));
  EXPECT_THAT(Ask(*session, "SELECT 1"), HasCode(ErrorCode::kUnavailable));
  EXPECT_THAT(Ask(*session, "SELECT 1"), HasMessage("the connection is closed"));
}

TEST_F(SessionRoundsTest, ReadNoUserViewAndNoPolicyUnlessAllowed) {
  const auto session = Connect();
  if (session->facts().version >= 150008) {
    EXPECT_THAT(Ask(*session, "SELECT move FROM game.seen"),
                HasMessage("access to non-system view \"seen\" is restricted"));
  }
  EXPECT_THAT(Ask(*session, "SELECT move FROM game.hidden"),
              HasMessage("query would be affected by row-level security policy for table "
                         "\"hidden\""));
  session->Configure({.user_views = true});
  EXPECT_THAT(Ask(*session, "SELECT move FROM game.seen"), IsOkAndHolds("card"));
  session->Configure({});
}

TEST_F(SessionRoundsTest, LeaveNoTransactionOpenAfterAnError) {
  const auto session = Connect();
  EXPECT_THAT(Ask(*session, "SELECT 1/0"), HasMessage("division by zero"));
  EXPECT_EQ(Admin("SELECT string_agg(state, ',') FROM pg_stat_activity WHERE usename = 'hakem'"),
            "idle");
  EXPECT_THAT(Ask(*session, "SELECT 1"), IsOkAndHolds("1"));
}

TEST_F(SessionRoundsTest, LeaveNoBackendBehindAfterADisconnect) {
  const std::string_view clings = "SELECT game.cling()";
  for (const std::string_view sql : {std::string_view("SELECT game.sleep()"), clings}) {
    auto session = Connect({.statement = milliseconds(100)});
    // Since PostgreSQL 14 also a statement that ignores its cancellation.
    if (sql != clings || session->facts().version >= 140000) {
      EXPECT_THAT(Ask(*session, sql), HasCode(ErrorCode::kTimeout)) << sql;
      session.reset();
      EXPECT_TRUE(NobodyIsLeft()) << sql;
    }
  }
}

TEST_F(SessionRoundsTest, LeaveNoBackendBehindWhenStopped) {
  std::stop_source stop;
  auto session = factory_.Connect({.statement = seconds(30)}, stop.get_token());
  ASSERT_TRUE(session.has_value());
  const std::jthread stopper([&] {
    while (Admin("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'") == "0") {
    }
    stop.request_stop();
  });
  EXPECT_THAT((*session)->Query("SELECT pg_sleep(25)"), HasMessage("stopped"));
  session->reset();
  EXPECT_TRUE(NobodyIsLeft());
}

TEST_F(SessionRoundsTest, LimitTheSizeOfAnAnswer) {
  const auto session = Connect(
      {.statement = seconds(20),
       .answer = {.rows = 1000, .value_bytes = 100'000, .answer_bytes = std::size_t{1} << 20U}});
  EXPECT_THAT(session->Query("SELECT 1 FROM generate_series(1, 1000)"), IsOk());
  const auto rows = session->Query("SELECT generate_series(1, 50000000)");
  EXPECT_THAT(rows, HasCode(ErrorCode::kInvalidInput));
  EXPECT_THAT(rows, HasMessage("the answer has more than 1000 rows"));
  EXPECT_THAT(session->Query("SELECT repeat('x', 100001) AS move_type"),
              HasMessage("a value of the column \"move_type\" is larger than 100KB"));
  EXPECT_THAT(session->Query("SELECT repeat('x', 99999) FROM generate_series(1, 30)"),
              HasMessage(HasSubstr("the answer is larger than 1MiB")));
  const auto huge = session->Query("SELECT repeat('x', 60000000)");
  EXPECT_THAT(huge, HasCode(ErrorCode::kInvalidInput));
  EXPECT_THAT(huge, HasMessage("the answer is larger than 1MiB; the connection was closed"));
}

TEST_F(SessionRoundsTest, KeepTheConnectionIfAnAnswerIsTooLarge) {
  const auto session = Connect({.answer = {.rows = 10}});
  EXPECT_THAT(session->Query("SELECT generate_series(1, 50000000)"),
              HasCode(ErrorCode::kInvalidInput));
  EXPECT_THAT(Ask(*session, "SELECT 1"), IsOkAndHolds("1"));
}

TEST_F(SessionRoundsTest, LogALimitedNumberOfNoticesAtDebugLevel) {
  Admin(R"(
CREATE FUNCTION game.shout() RETURNS text LANGUAGE plpgsql AS
$$BEGIN FOR i IN 1..100 LOOP RAISE INFO '%', repeat('loud', 1000); END LOOP; RETURN ''; END$$;
ALTER ROLE hakem SET client_min_messages = debug5;
SELECT 1)");
  for (const LogLevel level : {LogLevel::kInfo, LogLevel::kDebug}) {
    testing::internal::CaptureStderr();
    PostgresSessionFactory factory(ConninfoFor("hakem", kPassword, server_->port()), "",
                                   SystemClock(), {},
                                   Log(level, LogFormat::kLogfmt).For("session"));
    auto session = factory.Connect({}, {});
    ASSERT_TRUE(session.has_value());
    EXPECT_THAT(Ask(**session, "SELECT game.shout()"), IsOk());
    session->reset();
    const std::string log = testing::internal::GetCapturedStderr();
    if (level == LogLevel::kInfo) {
      EXPECT_EQ(log, "");
    } else {
      EXPECT_THAT(log, AllOf(HasSubstr("severity=INFO"), HasSubstr("loud")));
      EXPECT_LT(log.size(), 10'000);
    }
  }
  Admin("ALTER ROLE hakem RESET ALL; SELECT 1");
}

}  // namespace
}  // namespace hakem::exporter

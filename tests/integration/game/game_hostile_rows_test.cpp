// The game collector on tables with rows that no game should write: each row alone and all of them
// together. Everything else must be collected exactly, and rows that are left out must be counted.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "tests/support/game/game_fixture.h"

namespace hakem::collectors {
namespace {

/// Tables of a game whose columns accept any value.
constexpr auto kWildSchema = R"(
  CREATE SCHEMA wild;
  CREATE TABLE wild.game_sessions (
    id text UNIQUE, status text, game_type text, current_players numeric, max_players float8,
    created_at timestamptz, started_at timestamptz, completed_at timestamptz);
  CREATE INDEX ON wild.game_sessions (created_at);
  CREATE INDEX ON wild.game_sessions (status);
  CREATE TABLE wild.game_moves (
    game_session_id text, "timestamp" timestamptz DEFAULT now(), move_type text,
    response_time interval);
  CREATE INDEX ON wild.game_moves ("timestamp");
  CREATE TABLE wild.websocket_connections (
    connection_id text PRIMARY KEY, player_id text, is_active boolean, last_ping timestamptz,
    disconnected_at timestamptz, disconnect_reason text);
  CREATE INDEX ON wild.websocket_connections (disconnected_at);
  CREATE TABLE wild.game_history (
    game_session_id text, started_at timestamptz, completed_at timestamptz);
  CREATE INDEX ON wild.game_history (completed_at);
  GRANT USAGE ON SCHEMA wild TO hakem;
  GRANT SELECT ON ALL TABLES IN SCHEMA wild TO hakem)";

/// A value as SQL and as a number; nothing if it is NULL or out of range.
struct Value {
  std::string sql;
  std::optional<double> worth = {};
  bool is_bad = false;
};

/// Times; as a number a time is its age in seconds.
const std::vector<Value> kTimes = {
    {"now() - interval '90 s'", 90},
    {"now() - interval '3 days'", 3 * 86400.0},
    {"now() + interval '1 hour'", -3600},
    {"NULL"},
    {"'infinity'", {}, true},
    {"'-infinity'", {}, true},
    {"'4713-01-01 BC'", {}, true},
    {"'294276-12-31'", {}, true},
    {"'1899-12-31 23:59:59+00'", {}, true},
    {"'2200-01-01 00:00:00+00'", {}, true},
};

const std::vector<Value> kPlayers = {
    {"0", 0},
    {"3", 3},
    {"2147483647", 2147483647},
    {"NULL"},
    {"-1", {}, true},
    {"2147483648", {}, true},
    {"'NaN'", {}, true},
    {"'1e300'", {}, true},
};

/// Texts; as a number a text is 1 if it can be an id.
const std::vector<Value> kIds = {
    {"md5(random()::text)", 1},
    {"'it''s \"quoted\" \\ back' || md5(random()::text)", 1},
    {"E'\\b\\f\\n\\r\\t\\x01\\x7f' || md5(random()::text)", 1},
    {"'شاه' || md5(random()::text)", 1},
    {"rpad(md5(random()::text), 200, 'x')", 1},
    {"rpad(md5(random()::text), 201, 'x')", {}, true},
    {"E'a\\x1fb' || md5(random()::text)", {}, true},
    {"md5(random()::text) || repeat('y', 200000)", {}, true},
};

const std::vector<Value> kWords = {
    {"'ranked'"},
    {"''"},
    {"NULL"},
    {"E'a\\nb\\\\\"c'"},
    {"'other'"},
    {"repeat('z', 200)"},
    {"repeat('z', 201)"},
    {"repeat('z', 3000000)"},
};

const std::vector<Value> kStatuses = {
    {"'waiting'", 1}, {"'active'", 1}, {"'paused'", 1},  {"'completed'"},
    {"''"},           {"NULL"},        {"E'active\\n'"}, {"repeat('active', 20000)"},
};

struct Session {
  Value id;
  Value status;
  Value game_type;
  Value current;
  Value max;
  Value created;
  Value started;

  std::string Sql() const {
    return fmt::format("({}, {}, {}, {}, {}, {}, {})", id.sql, status.sql, game_type.sql,
                       current.sql, max.sql, created.sql, started.sql);
  }

  bool is_live() const { return status.worth.has_value(); }

  bool has_players() const { return !current.is_bad && !max.is_bad; }
};

/// The expected gauges for some sessions.
struct Expected {
  double active = 0;
  double taken = 0;
  double free = 0;
  double oldest_play = 0;
  double oldest_lobby = 0;
  double ages = 0;
  double players = 0;
  double ids = 0;

  void Add(const Session& session) {
    if (!session.is_live()) {
      return;
    }
    ++active;
    if (session.has_players()) {
      taken += session.current.worth.value_or(0);
      free += session.current.worth && session.max.worth
                  ? std::max(0.0, *session.max.worth - *session.current.worth)
                  : 0;
    }
    const bool is_null = session.started.sql == "NULL";
    const Value& since = is_null ? session.created : session.started;
    if (session.status.sql != "'waiting'") {
      oldest_play = std::max(oldest_play, since.worth.value_or(0));
    } else {
      oldest_lobby = std::max(oldest_lobby, session.created.worth.value_or(0));
    }
    ages += session.created.is_bad || session.started.is_bad ? 1 : 0;
    players += session.has_players() ? 0 : 1;
    ids += session.id.is_bad ? 1 : 0;
  }
};

class GameHostileRows : public GameFixture {
 protected:
  void SetUp() override {
    GameFixture::SetUp();
    Sql(kWildSchema);
    SCOPED_TRACE(seed_);
    RecordProperty("seed", std::to_string(seed_));
  }

  const Value& Any(const std::vector<Value>& values) {
    return values[std::uniform_int_distribution<std::size_t>(0, values.size() - 1)(random_)];
  }

  Session AnySession() {
    return {Any(kIds),     Any(kStatuses), Any(kWords), Any(kPlayers),
            Any(kPlayers), Any(kTimes),    Any(kTimes)};
  }

  void Insert(const std::vector<Session>& sessions) {
    std::vector<std::string> rows;
    for (const Session& session : sessions) {
      rows.push_back(session.Sql());
    }
    Sql(
        fmt::format("INSERT INTO wild.game_sessions (id, status, game_type, current_players, "
                    "max_players, created_at, started_at) VALUES {}",
                    fmt::join(rows, ", ")));
  }

  static double Skipped(const Watcher& watcher, std::string_view reason) {
    return watcher
        .Value(fmt::format(R"(game_skipped_rows_total{{game="wild",reason="{}"}})", reason))
        .value_or(NAN);
  }

  static void ExpectGauges(const Watcher& watcher, const Expected& expected) {
    const auto value = [&](const char* series) { return watcher.Value(series).value_or(NAN); };
    EXPECT_EQ(value(R"(game_active_games{game="wild"})"), expected.active);
    EXPECT_EQ(watcher.Sum("game_sessions"), expected.active);
    EXPECT_EQ(value(R"(game_seats{game="wild",state="taken"})"), expected.taken);
    EXPECT_EQ(value(R"(game_seats{game="wild",state="free"})"), expected.free);
    EXPECT_NEAR(value(R"(game_oldest_active_game_age_seconds{game="wild"})"), expected.oldest_play,
                60);
    EXPECT_NEAR(value(R"(game_oldest_waiting_game_age_seconds{game="wild"})"),
                expected.oldest_lobby, 60);
    EXPECT_EQ(Skipped(watcher, "age_out_of_range"), expected.ages);
    EXPECT_EQ(Skipped(watcher, "players_out_of_range"), expected.players);
    EXPECT_EQ(Skipped(watcher, "id_unusable"), expected.ids);
  }

  const unsigned seed_ = std::random_device()();
  std::mt19937 random_{seed_};
  const GameOptions options_{.schema = "wild"};
};

TEST_F(GameHostileRows, AreLeftOutOfTheMetricsThatTheyBreak) {
  const testing::ScopedTrace trace(__FILE__, __LINE__, fmt::format("seed {}", seed_));
  std::vector<Session> all;
  Expected together;
  for (int i = 0; i < 60; ++i) {
    all.push_back(AnySession());
    together.Add(all.back());
  }
  for (const Session& session : all) {
    const testing::ScopedTrace row(__FILE__, __LINE__, session.Sql());
    Sql("TRUNCATE wild.game_sessions");
    Insert({session});
    Watcher watcher(Dsn(), options_);
    ASSERT_THAT(watcher.Collect(), IsOk());
    Expected alone;
    alone.Add(session);
    ExpectGauges(watcher, alone);
  }
  Sql("TRUNCATE wild.game_sessions");
  Insert(all);
  Watcher watcher(Dsn(), options_);
  for (int i = 0; i < 3; ++i) {
    ASSERT_THAT(watcher.Collect(), IsOk());
    ExpectGauges(watcher, together);
  }
}

TEST_F(GameHostileRows, CountNoGameTwiceAndMissNone) {
  const testing::ScopedTrace trace(__FILE__, __LINE__, fmt::format("seed {}", seed_));
  Watcher watcher(Dsn(), options_);
  ASSERT_THAT(watcher.Collect(), IsOk());
  Sql("INSERT INTO wild.game_sessions (id, status, game_type, created_at) "
      "SELECT 's' || i, 'active', CASE WHEN i % 2 = 0 THEN repeat('t', 500) ELSE 't' || i END, "
      "now() FROM generate_series(1, 40) i");
  CollectUntil(watcher, [&] { return watcher.Sum("game_sessions_created_total") == 40; });

  struct End {
    const char* started;
    const char* completed;
  };

  constexpr End kEnds[] = {
      {"'-infinity'", "now()"},
      {"'infinity'", "'infinity'"},
      {"'4713-01-01 BC'", "'294276-12-31'"},
      {"now()", "now() - interval '5 s'"},
      {"now() - interval '9 s'", "now()"},
      {"NULL", "now()"},
      {"NULL", "NULL"},
  };
  int i = 0;
  for (const End& end : kEnds) {
    Sql(
        fmt::format("UPDATE wild.game_sessions SET status = 'completed', started_at = {}, "
                    "completed_at = {} WHERE id = 's{}'",
                    end.started, end.completed, ++i));
    Sql(fmt::format("INSERT INTO wild.game_history VALUES ('s{}', {}, coalesce({}, now()))", i,
                    end.started, end.completed));
  }
  CollectUntil(watcher, [&] { return watcher.Sum("game_sessions_finished_total") == i; });
  EXPECT_EQ(watcher.Sum("game_duration_seconds_count"), 1);
  EXPECT_EQ(Skipped(watcher, "duration_out_of_range"), 3);
  EXPECT_EQ(Skipped(watcher, "duration_negative"), 1);
  EXPECT_EQ(Skipped(watcher, "duration_missing"), 2);
  CollectUntil(watcher,
               [&] { return watcher.Value(R"(game_average_duration_seconds{game="wild"})") == 9; });
  EXPECT_EQ(Skipped(watcher, "average_duration_out_of_range"), 1);
  EXPECT_EQ(watcher.Value(R"(game_active_games{game="wild"})"), 40 - i);
}

TEST_F(GameHostileRows, DoNotBreakTheAverageOfThePast) {
  Sql("INSERT INTO wild.game_history VALUES "
      "('a', now() - interval '2 h', now() - interval '1 h'), "
      "('b', '-infinity', now() - interval '1 h'), ('c', 'infinity', now() - interval '1 h'), "
      "('d', '4713-01-01 BC', now() - interval '1 h'), ('e', NULL, now() - interval '1 h'), "
      "('f', now() - interval '2 h', 'infinity'), ('g', now() - interval '2 h', '-infinity')");
  Watcher watcher(Dsn(), options_);
  ASSERT_THAT(watcher.Collect(), IsOk());
  EXPECT_EQ(watcher.Value(R"(game_average_duration_seconds{game="wild"})"), 3600);
  EXPECT_EQ(Skipped(watcher, "average_duration_out_of_range"), 3);
}

TEST_F(GameHostileRows, CountEveryMove) {
  const testing::ScopedTrace trace(__FILE__, __LINE__, fmt::format("seed {}", seed_));
  Watcher watcher(Dsn(), options_);
  ASSERT_THAT(watcher.Collect(), IsOk());
  Sql(R"(INSERT INTO wild.game_moves (game_session_id, move_type, response_time) VALUES
    ('g', 'play_card', '2 s'), ('g', 'play_card', '-178000000 years'),
    ('g', 'play_card', '178000000 years'), ('g', 'play_card', '178000000 years'),
    ('g', 'play_card', NULL), ('g', 'play_card', '0'),
    ('g', NULL, '1 s'), ('g', '', '1 s'), ('g', 'other', '1 s'), ('g', E'a\x1f\n"\\', '1 s'),
    ('g', repeat('m', 201), '1 s'), ('g', repeat('n', 20000000), '1 s'))");
  Sql("INSERT INTO wild.game_moves (move_type) SELECT 'type ' || i FROM generate_series(1, 500) i");
  Sql("INSERT INTO wild.game_moves (\"timestamp\", move_type) VALUES ('infinity', 'never'), "
      "('-infinity', 'never'), ('4713-01-01 BC', 'never'), ('294276-12-31', 'never')");
  CollectUntil(watcher, [&] { return watcher.Sum("game_moves_total") == 512; });
  ASSERT_THAT(watcher.Collect(), IsOk());
  EXPECT_EQ(watcher.Sum("game_moves_total"), 512);
  EXPECT_EQ(watcher.Value(R"(game_moves_total{game="wild",move_type="play_card"})"), 6);
  EXPECT_GE(watcher.Value(R"(game_moves_total{game="wild",move_type="other"})"), 4 + 480);
  EXPECT_EQ(watcher.Value(R"(game_move_response_seconds_count{game="wild"})"), 8);
  EXPECT_EQ(watcher.Value(R"(game_move_response_seconds_sum{game="wild"})"), 8);
  EXPECT_EQ(Skipped(watcher, "response_time_out_of_range"), 2);
  EXPECT_EQ(Skipped(watcher, "response_time_negative"), 1);
  EXPECT_EQ(Skipped(watcher, "response_time_missing"), 501);
}

TEST_F(GameHostileRows, CloseEveryConnection) {
  Watcher watcher(Dsn(), options_);
  ASSERT_THAT(watcher.Collect(), IsOk());
  Sql("INSERT INTO wild.websocket_connections "
      "SELECT 'c' || i, 'p' || i, true, "
      "CASE i % 3 WHEN 0 THEN 'infinity' WHEN 1 THEN '-infinity' ELSE now() END "
      "FROM generate_series(1, 9) i");
  Sql("INSERT INTO wild.websocket_connections VALUES (repeat('c', 5000), 'p', true, now())");
  CollectUntil(watcher,
               [&] { return watcher.Value(R"(game_connections_opened_total{game="wild"})") == 9; });
  EXPECT_EQ(watcher.Value(R"(game_stale_connections{game="wild"})"), 3);
  Sql("UPDATE wild.websocket_connections SET is_active = false, disconnect_reason = "
      "CASE connection_id WHEN 'c1' THEN repeat('r', 900) WHEN 'c2' THEN '' ELSE 'left' END, "
      "disconnected_at = CASE connection_id WHEN 'c3' THEN 'infinity' WHEN 'c4' THEN '-infinity' "
      "WHEN 'c5' THEN '4713-01-01 BC' WHEN 'c6' THEN NULL ELSE now() END "
      "WHERE connection_id < 'ca'");
  CollectUntil(watcher, [&] { return watcher.Sum("game_disconnections_total") == 9; });
  ASSERT_THAT(watcher.Collect(), IsOk());
  EXPECT_EQ(watcher.Sum("game_disconnections_total"), 9);
  EXPECT_EQ(watcher.Value(R"(game_disconnections_total{game="wild",reason="other"})"), 1);
}

TEST_F(GameHostileRows, DoNotMakeAnswersGrowWithoutLimit) {
  Watcher watcher(Dsn(), options_);
  ASSERT_THAT(watcher.Collect(), IsOk());
  EXPECT_EQ(watcher.Value(R"(game_collection_exact{game="wild"})"), 1);
  Sql("INSERT INTO wild.game_sessions (id, status, game_type, current_players, max_players, "
      "created_at) SELECT i::text, 'waiting', 'type ' || i % 500, 1, 4, now() "
      "FROM generate_series(1, 50001) i");
  CollectUntil(watcher, [&] { return watcher.Sum("game_sessions_created_total") == 50001; });
  EXPECT_EQ(watcher.Value(R"(game_active_games{game="wild"})"), 50001);
  EXPECT_EQ(watcher.Sum("game_sessions"), 50001);
  EXPECT_EQ(watcher.Value(R"(game_seats{game="wild",state="free"})"), 3 * 50001);
  EXPECT_EQ(watcher.Value(R"(game_collection_exact{game="wild"})"), 0);
  Sql("DELETE FROM wild.game_sessions WHERE id <> '1'");
  CollectUntil(watcher,
               [&] { return watcher.Value(R"(game_collection_exact{game="wild"})") == 1; });
}

/// A schema whose columns have other types than Hokm's.
struct Types {
  const char* name;
  const char* columns;  ///< The columns of the sessions.
  const char* row;
  bool has_status = true;
  bool has_times = true;  ///< Otherwise sessions cannot be followed.
};

class GameColumnTypes : public GameFixture, public testing::WithParamInterface<Types> {};

TEST_P(GameColumnTypes, AreReadOrLeftOutButNeverFail) {
  Sql("CREATE SCHEMA typed; CREATE TYPE typed.status AS ENUM ('waiting', 'active', 'completed'); "
      "CREATE DOMAIN typed.word AS varchar(30) CHECK (VALUE <> 'nonsense'); "
      "CREATE DOMAIN typed.state AS typed.status; CREATE DOMAIN typed.number AS bigint");
  Sql(
      fmt::format("CREATE TABLE typed.game_sessions ({}); CREATE INDEX ON typed.game_sessions "
                  "(created_at); GRANT USAGE ON SCHEMA typed TO hakem; "
                  "GRANT SELECT ON ALL TABLES IN SCHEMA typed TO hakem",
                  GetParam().columns));
  Watcher watcher(Dsn(), {.schema = "typed"});
  ASSERT_THAT(watcher.Collect(), IsOk());
  Sql(fmt::format("INSERT INTO typed.game_sessions VALUES {}", GetParam().row));
  ASSERT_THAT(watcher.Collect(), IsOk());
  EXPECT_EQ(watcher.HasFamily("game_active_games"), GetParam().has_status);
  if (GetParam().has_status) {
    EXPECT_EQ(watcher.Value(R"(game_active_games{game="typed"})"), 1);
  }
  if (GetParam().has_status && GetParam().has_times) {
    ASSERT_THAT(watcher.Collect(), IsOk());
    Sql("UPDATE typed.game_sessions SET status = 'completed'");
    CollectUntil(watcher, [&] { return watcher.Sum("game_sessions_finished_total") == 1; });
  }
}

constexpr Types kTypes[] = {
    {"Enum", "id int PRIMARY KEY, status typed.status, created_at timestamp",
     "(-1, 'active', now())"},
    {"DomainOverEnum", "id typed.number PRIMARY KEY, status typed.state, created_at date",
     "(-9223372036854775808, 'active', now())"},
    {"Domain", "id typed.word PRIMARY KEY, status typed.word, created_at timestamptz",
     "('x', 'active', now())"},
    {"Char", "id char(9) PRIMARY KEY, status char(12), created_at timestamptz",
     "('x', 'active', now())"},
    {"Name", "id name PRIMARY KEY, status name, created_at timestamptz", "('x', 'active', now())"},
    {"Numeric",
     "id numeric PRIMARY KEY, status text, created_at timestamptz, current_players smallint, "
     "max_players bigint",
     "(1e100, 'active', now(), -32768, 9223372036854775807)"},
    {"Real",
     "id bigint PRIMARY KEY, status text, created_at timestamptz, current_players real, "
     "max_players numeric",
     "(1, 'active', now(), 'Infinity', 'NaN')"},
    {"Dates",
     "id uuid PRIMARY KEY, status text, created_at date, started_at timestamp, completed_at date",
     "(gen_random_uuid(), 'active', now(), now(), '5874897-12-31')"},
    {"HugeDates", "id int PRIMARY KEY, status text, created_at date, started_at date",
     "(1, 'active', '5874897-12-31', '4713-01-01 BC')"},
    {"Json", "id json, status json, created_at timestamptz", R"(('{}', '"active"', now()))", false},
    {"TextTimes", "id int PRIMARY KEY, status text, created_at text, started_at json",
     "(1, 'active', 'yesterday', '1')", true, false},
};

INSTANTIATE_TEST_SUITE_P(All, GameColumnTypes, testing::ValuesIn(kTypes),
                         [](const auto& type) { return std::string(type.param.name); });

}  // namespace
}  // namespace hakem::collectors

#include "exporter/session/postgres_session.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "exporter/session/host_walk.h"
#include "exporter/session/notices.h"
#include "exporter/session/pinned_settings.h"
#include "exporter/session/postgres_error.h"
#include "exporter/session/wire.h"
#include "model/duration.h"
#include "model/known_secrets.h"
#include "model/regex.h"

namespace hakem::exporter {
namespace {

using collectors::RoundOptions;
using collectors::Rows;
using collectors::ServerFacts;
using collectors::Session;

constexpr std::string_view kFactsSql =
    "SELECT current_setting('server_version_num') AS version, pg_is_in_recovery() AS in_recovery, "
    "pg_has_role('pg_monitor', 'USAGE') AS is_monitor, current_database() AS database, "
    "(SELECT string_agg(extname, ',') FROM pg_extension) AS extensions";

constexpr std::string_view kBegin = "BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY";

/// A setting that shows that the server received our `options`, and not a pooler in front of it.
constexpr std::string_view kMarker = "hakem.session";
constexpr std::string_view kMarkerValue = "direct";

/// Run before anything is changed in the session: returns the backend, whether it has the marker,
/// and its role. No setting is pinned yet, so every name is qualified.
constexpr std::string_view kFirstSql =
    "SELECT pg_catalog.pg_backend_pid(), pg_catalog.current_setting('hakem.session', true), "
    "pg_catalog.current_setting('role')";

/// How long a server may take to end a terminated backend.
constexpr Duration kGoodbye = std::chrono::milliseconds(500);

/// A duplicate of a connection's socket, which can be shut down safely even if libpq has closed its
/// own descriptor.
class SocketHandle {
 public:
  explicit SocketHandle(int fd) : fd_(fcntl(fd, F_DUPFD_CLOEXEC, 0)) {}

  SocketHandle(const SocketHandle&) = delete;
  SocketHandle& operator=(const SocketHandle&) = delete;

  ~SocketHandle() {
    if (fd_ >= 0) {
      close(fd_);
    }
  }

  /// -1 if no descriptor was free.
  int fd() const { return fd_; }

  /// Waits until the server has closed its end, which is when the backend has ended. Until then the
  /// server counts the connection.
  void AwaitGoodbye() const {
    std::array<char, 256> rest{};
    pollfd waiting{.fd = fd_, .events = POLLIN, .revents = 0};
    while (poll(&waiting, 1, static_cast<int>(kGoodbye.count())) > 0 &&
           recv(fd_, rest.data(), rest.size(), MSG_DONTWAIT) > 0) {
    }
  }

 private:
  const int fd_;
};

std::set<std::string, std::less<>> SplitNames(std::string_view names) {
  std::set<std::string, std::less<>> split;
  while (!names.empty()) {
    const std::string_view name = names.substr(0, names.find(','));
    split.emplace(name);
    names.remove_prefix(std::min(names.size(), name.size() + 1));
  }
  return split;
}

bool IsAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// The single value of a statement's result; "" if there is none.
std::string_view OnlyText(const Rows& rows) {
  return rows.empty() ? "" : rows.Text(0, 0).value_or("");
}

/// What a session is created from.
struct SessionDeps {
  const SessionLimits& limits;
  const Clock& clock;
  Watchdog& watchdog;
  const Logger& log;
  std::unique_ptr<Notices> notices;
};

class PostgresSession final : public Session {
 public:
  PostgresSession(RawConnection made, SessionDeps deps, std::stop_token stop)
      : notices_(std::move(deps.notices)),
        wire_(std::move(made), deps.limits.answer),
        socket_(wire_.socket()),
        limits_(deps.limits),
        patience_(deps.limits.statement + kClientGrace),
        limits_sql_(LimitsSql(deps.limits)),
        clock_(deps.clock),
        watchdog_(deps.watchdog),
        log_(deps.log),
        stop_(std::move(stop)) {}

  PostgresSession(const PostgresSession&) = delete;
  PostgresSession& operator=(const PostgresSession&) = delete;

  ~PostgresSession() override {
    wire_.Close();
    socket_.AwaitGoodbye();
  }

  Result<Rows> Query(std::string_view sql) override {
    if (!wire_.is_open()) {
      return Fail(ErrorCode::kUnavailable, "the connection is closed");
    }
    notices_->Renew();
    if (limits_.mode == SessionMode::kStatements) {
      return Ask(std::string(sql)).transform(&TakeLast);
    }
    const bool convert = options_.own_texts && has_own_encoding_;
    auto rows = Round(sql, convert);
    // A text that is invalid in the encoding of the database is returned unchanged.
    return !rows && convert && untranslatable_ ? Round(sql, false) : rows;
  }

  void Configure(const RoundOptions& options) override { options_ = options; }

  const ServerFacts& facts() const override { return facts_; }

  /// Pins the settings and reads the facts. `marked`: whether the server must have the marker.
  /// `asks_for_role`: whether the user set a role. Errors: those of ConnectTo.
  tl::expected<void, ConnectFailure> Begin(std::uint64_t number, bool marked, bool asks_for_role) {
    if (socket_.fd() < 0) {
      return tl::unexpected(ConnectFailure{
          DownReason::kOther,
          {ErrorCode::kUnavailable,
           fmt::format("a connection cannot be started: {}", std::strerror(EMFILE))}});
    }
    return LookAtTheServer(marked, asks_for_role)
        .and_then([&](const std::string& role) -> tl::expected<void, ConnectFailure> {
          const Result<void> begun = Pin(role).and_then([&] { return FindFacts(number); });
          if (!begun) {
            return tl::unexpected(ToFailure(begun.error()));
          }
          return {};
        });
  }

 private:
  static ConnectFailure ToFailure(const Error& error) {
    const bool timeout = error.code == ErrorCode::kTimeout;
    return {timeout ? DownReason::kTimeout : DownReason::kOther, error};
  }

  /// The rows of the last statement. Requires: there is one.
  static Rows TakeLast(std::vector<Rows> statements) { return std::move(statements.back()); }

  /// Checks that this is the server and not a pooler. Returns the role that was set, or "none".
  tl::expected<std::string, ConnectFailure> LookAtTheServer(bool marked, bool asks_for_role) {
    // The role may have a timeout of a millisecond.
    const auto answers = Ask(fmt::format("{}; SET LOCAL statement_timeout = {}; {}; COMMIT", kBegin,
                                         limits_.statement.count(), kFirstSql));
    if (!answers) {
      return tl::unexpected(ToFailure(answers.error()));
    }
    const Rows& found = answers->at(2);
    const bool is_server = found.Number(0, 0) == wire_.backend_pid();
    if (!is_server || (marked && found.Text(0, 1).value_or("") != kMarkerValue)) {
      return tl::unexpected(ConnectFailure{
          DownReason::kOther,
          {ErrorCode::kRefused,
           fmt::format("the server has not received the settings of the connection{}",
                       kIsPooler)}});
    }
    return std::string(asks_for_role ? found.Text(0, 2).value_or("none") : "none");
  }

  /// Pins every setting for the first time.
  Result<void> Pin(const std::string& role) {
    const std::string encoding = wire_.Reported("server_encoding");
    has_own_encoding_ = encoding != "UTF8" && encoding != "SQL_ASCII";
    // A statement of an administrator continues if its client is gone.
    const bool optional = limits_.mode == SessionMode::kReadOnlyRounds;
    auto pinned = TryToPin(PinsFor(wire_.server_version(), limits_, role, optional));
    if (optional && !pinned && pinned.error().code == ErrorCode::kInvalidInput) {
      // A prepared statement survives the failure of its transaction. This is a message of its own,
      // because BEGIN after it could not change the isolation level.
      pinned = Ask("DEALLOCATE ALL").and_then([&](const auto&) {
        return TryToPin(PinsFor(wire_.server_version(), limits_, role, false));
      });
    }
    return pinned;
  }

  Result<void> TryToPin(std::vector<exporter::Pin> pins) {
    pins_ = std::move(pins);
    return Ask(fmt::format("{}; {}; {}; {}; COMMIT", kBegin, limits_sql_, PrepareApplyPins(pins_),
                           kApplyPins))
        .and_then([&](const std::vector<Rows>& answers) {
          expected_ = OnlyText(answers.at(answers.size() - 2));
          return Ask(PrepareReadPins(pins_));
        })
        .transform([](const auto&) {});
  }

  Result<void> FindFacts(std::uint64_t number) {
    const auto rows = Query(kFactsSql);
    if (!rows) {
      return Fail(rows.error());
    }
    facts_ = {.connection = number,
              .version = static_cast<int>(rows->Number(0, 0).value_or(0)),
              .in_recovery = rows->Text(0, 1) == "t",
              .is_monitor = rows->Text(0, 2) == "t",
              .database = std::string(rows->Text(0, 3).value_or("")),
              .extensions = SplitNames(rows->Text(0, 4).value_or(""))};
    return {};
  }

  /// Runs `sql` in a transaction that first reads the pinned settings, resets all settings, and
  /// pins them again.
  Result<Rows> Round(std::string_view sql, bool convert) {
    if (convert && !IsAscii(sql)) {
      // The server decodes a whole message in the encoding that is set when it arrives.
      if (auto set = Ask("SET client_encoding = 'UTF8'"); !set) {
        return Fail(set.error());
      }
    }
    auto answers = Ask(fmt::format("{}; {}; {}; {}; {}; {}{}\n; COMMIT", kBegin, kReadPins,
                                   kResetAll, limits_sql_, kApplyPins, OptionsSql(convert), sql));
    if (!answers) {
      return Fail(answers.error());
    }
    Judge(OnlyText(answers->at(kLookAt)));
    if (OnlyText(answers->at(kApplyAt)) != expected_) {
      return Drop("code that ran in the monitoring session replaced its statements");
    }
    answers->pop_back();  // The result of COMMIT.
    return TakeLast(*std::move(answers));
  }

  /// Closes a session that is not in its original state; the caller connects again.
  tl::unexpected<Error> Drop(std::string_view reason) {
    log_.Warn("the monitoring session is closed",
              {{"database", facts_.database}, {"reason", reason}});
    wire_.Close();
    return Fail(ErrorCode::kUnavailable, fmt::format("{}; the connection was closed", reason));
  }

  std::string OptionsSql(bool convert) const {
    std::string sql;
    if (convert) {
      sql += "SET LOCAL client_encoding = 'UTF8'; ";
    }
    if (options_.user_views && std::any_of(pins_.begin(), pins_.end(),
                                           [](const auto& pin) { return pin.name == kRestrict; })) {
      sql += fmt::format("SET LOCAL {} = ''; ", kRestrict);
    }
    return sql;
  }

  /// Logs the settings that code in an earlier round changed. This round has reset them.
  void Judge(std::string_view found) {
    const std::string changed = ChangedPins(pins_, expected_, found);
    if (!changed.empty() && changed != last_changed_) {
      log_.Warn("code that ran in the monitoring session changed its settings: they were set back",
                {{"database", facts_.database}, {"settings", changed}});
    }
    last_changed_ = changed;
  }

  /// Sends a message and returns the rows of its statements. After an error no transaction is open.
  Result<std::vector<Rows>> Ask(const std::string& message) {
    const Watchdog::Watch watch(watchdog_, socket_.fd(), clock_.SteadyNow() + patience_, stop_);
    WireAnswer answer = wire_.Exchange(message);
    untranslatable_ = answer.failure && IsUntranslatable(answer.failure->sqlstate);
    if (!answer.failure) {
      return std::move(answer.statements);
    }
    if (wire_.is_open() && answer.failure->sqlstate == kNoSuchStatement) {
      return Drop("a prepared statement of the monitoring session is gone");
    }
    const Error error = ToError(*answer.failure, watch);
    if (wire_.is_open() && limits_.mode == SessionMode::kReadOnlyRounds && wire_.in_transaction()) {
      wire_.Exchange("ROLLBACK");
    }
    return Fail(error);
  }

  Error ToError(const WireFailure& failure, const Watchdog::Watch& watch) const {
    if (!failure.too_large.empty()) {
      return {ErrorCode::kInvalidInput,
              failure.too_large + (wire_.is_open() ? "" : "; the connection was closed")};
    }
    if (wire_.is_open()) {
      return QueryError(failure.message);
    }
    if (failure.sqlstate.empty()) {
      wire_.Cancel();  // Its backend may still be running.
    }
    if (stop_.stop_requested()) {
      return {ErrorCode::kUnavailable, "stopped"};
    }
    if (watch.expired()) {
      return {ErrorCode::kTimeout, fmt::format("no answer within {}; the connection was closed",
                                               FormatDuration(patience_))};
    }
    return {ErrorCode::kUnavailable, QueryError(failure.message).message};
  }

  static constexpr std::string_view kRestrict = "restrict_nonsystem_relation_kind";
  static constexpr std::string_view kNoSuchStatement = "26000";  // invalid_sql_statement_name

  /// The positions of statements in a round.
  static constexpr std::size_t kLookAt = 1;
  static constexpr std::size_t kApplyAt = kLookAt + kLimitStatements + 2;

  const std::unique_ptr<Notices> notices_;  // Outlives the connection.
  Wire wire_;
  const SocketHandle socket_;
  const SessionLimits limits_;
  const Duration patience_;
  const std::string limits_sql_;
  const Clock& clock_;
  Watchdog& watchdog_;
  const Logger log_;
  const std::stop_token stop_;
  RoundOptions options_;
  std::vector<exporter::Pin> pins_;
  std::string expected_;           ///< The pinned values, as the server formats them.
  std::string last_changed_;       ///< The last logged change; "" if there was none.
  bool has_own_encoding_ = false;  ///< Texts must be converted to UTF-8.
  bool untranslatable_ = false;    ///< Why the last message failed.
  ServerFacts facts_;
};

/// Whether libpq reads the `options` of this connection string from a place that we do not read.
bool HasService(const config::Conninfo& conninfo) {
  return !conninfo.Get("service").empty();
}

}  // namespace

config::Conninfo WithLimits(config::Conninfo conninfo, const SessionLimits& limits) {
  conninfo.Set("application_name", "hakem");
  // Names of databases and roles may be in any encoding: see RoundOptions::own_texts.
  conninfo.Set("client_encoding", "SQL_ASCII");
  if (EffectiveParameter(conninfo, "connect_timeout").empty()) {
    conninfo.Set(
        "connect_timeout",
        fmt::format("{}", std::chrono::ceil<std::chrono::seconds>(limits.connect).count()));
  }
  conninfo.Set("keepalives", "1");
  conninfo.Set("keepalives_idle", "10");
  conninfo.Set("keepalives_interval", "5");
  conninfo.Set("keepalives_count", "3");
  conninfo.Set("tcp_user_timeout",
               fmt::format("{}", Duration(limits.statement + kClientGrace).count()));
  if (!HasService(conninfo)) {
    conninfo.Set("options", fmt::format("{} -c {}={}", EffectiveParameter(conninfo, "options"),
                                        kMarker, kMarkerValue));
  }
  return conninfo;
}

bool AsksForRole(std::string_view options) {
  static const Regex sets_role = *Regex::Compile(R"((?i)(.*\s)?(-c\s*|--)role\s*=.*)");
  return sets_role.Matches(options);
}

PostgresSessionFactory::PostgresSessionFactory(config::Conninfo conninfo, std::string password_file,
                                               const Clock& clock, std::string password_command,
                                               Logger log)
    : conninfo_(std::move(conninfo)),
      password_{std::move(password_file), std::move(password_command)},
      clock_(clock),
      log_(std::move(log)),
      watchdog_(clock) {}

ConnectResult PostgresSessionFactory::ConnectTo(const std::string& database,
                                                const SessionLimits& limits, std::stop_token stop) {
  config::Conninfo conninfo = WithLimits(conninfo_, limits);
  if (!database.empty()) {
    conninfo.Set("dbname", database);
  }
  if (!password_.empty()) {
    auto password = ReadPassword(password_);
    if (!password) {
      return tl::unexpected(ConnectFailure{DownReason::kAuth, password.error()});
    }
    conninfo.SetPassword(std::move(*password));
  }
  auto notices = std::make_unique<Notices>(log_);
  auto made = ConnectToAHost(conninfo, limits.connect, stop, notices.get());
  if (!made) {
    ConnectFailure failure = made.error();
    failure.error.message = WithoutKnownSecrets(std::move(failure.error.message));
    return tl::unexpected(std::move(failure));
  }
  const bool marked = !HasService(conninfo);
  const bool asks_for_role = !marked || AsksForRole(conninfo.Get("options"));
  auto session = std::make_unique<PostgresSession>(std::move(*made),
                                                   SessionDeps{.limits = limits,
                                                               .clock = clock_,
                                                               .watchdog = watchdog_,
                                                               .log = log_,
                                                               .notices = std::move(notices)},
                                                   std::move(stop));
  if (auto begun = session->Begin(++connections_, marked, asks_for_role); !begun) {
    return tl::unexpected(begun.error());
  }
  return session;
}

}  // namespace hakem::exporter

#include "exporter/session/admin_session.h"

#include <fmt/format.h>
#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <optional>
#include <utility>

#include "exporter/session/postgres_error.h"
#include "exporter/session/stepped_connect.h"
#include "model/clock.h"
#include "model/duration.h"

namespace hakem::exporter {
namespace {

using collectors::Rows;

struct Setting {
  std::string_view name;
  std::string_view value;
};

/// Settings of every supported version. The owner of a database can give each another default.
constexpr Setting kPins[] = {
    {"search_path", "pg_catalog,pg_temp"},  // By default, temporary tables come first.
    {"role", "none"},
    {"default_transaction_read_only", "on"},
    {"default_transaction_isolation", "read\\ committed"},
    {"default_transaction_deferrable", "off"},
    {"standard_conforming_strings", "on"},
    {"quote_all_identifiers", "off"},
    {"transform_null_equals", "off"},
    {"array_nulls", "on"},
    {"extra_float_digits", "1"},
    {"bytea_output", "hex"},
    {"DateStyle", "ISO"},
    {"IntervalStyle", "postgres"},
    {"TimeZone", "UTC"},
    {"client_min_messages", "warning"},
    {"exit_on_error", "off"},
    {"row_security", "off"},
    {"jit", "off"},
    {"max_parallel_workers_per_gather", "0"},
};

/// Settings that not all versions have. Each is set if it exists.
constexpr std::string_view kLaterPinsSql = R"(
SELECT pg_catalog.set_config(p.name, p.value, false)
FROM (VALUES ('restrict_nonsystem_relation_kind', 'view, foreign-table'),
             ('client_connection_check_interval', '5s'),
             ('createrole_self_grant', ''),
             ('idle_session_timeout', '0'),
             ('transaction_timeout', '0')) AS p(name, value)
WHERE EXISTS (SELECT FROM pg_catalog.pg_settings s WHERE s.name = p.name))";

constexpr std::string_view kFactsSql =
    "SELECT current_setting('server_version_num') AS version, pg_is_in_recovery() AS in_recovery, "
    "pg_has_role('pg_monitor', 'USAGE') AS is_monitor, current_database() AS database, "
    "current_user AS acts_as, session_user AS logged_in_as";

constexpr std::string_view kExtensionsSql = "SELECT extname FROM pg_extension";

constexpr std::string_view kKeepalives[][2] = {{"keepalives", "1"},
                                               {"keepalives_idle", "10"},
                                               {"keepalives_interval", "5"},
                                               {"keepalives_count", "3"}};

struct ClearResult {
  void operator()(PGresult* result) const { PQclear(result); }
};

using RawResult = std::unique_ptr<PGresult, ClearResult>;

Rows ToRows(const PGresult* result) {
  const int width = PQnfields(result);
  std::vector<std::string> columns;
  for (int column = 0; column < width; ++column) {
    columns.emplace_back(PQfname(result, column));
  }
  std::vector<Rows::Cell> cells;
  for (int row = 0; row < PQntuples(result); ++row) {
    for (int column = 0; column < width; ++column) {
      cells.push_back(PQgetisnull(result, row, column) != 0
                          ? Rows::Cell()
                          : Rows::Cell(std::in_place, PQgetvalue(result, row, column),
                                       static_cast<std::size_t>(PQgetlength(result, row, column))));
    }
  }
  return {std::move(columns), std::move(cells)};
}

bool Failed(const PGresult* result) {
  const ExecStatusType status = PQresultStatus(result);
  return status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK && status != PGRES_EMPTY_QUERY;
}

}  // namespace

/// The connection, with a deadline for each answer.
class AdminSession::Connection {
 public:
  explicit Connection(RawConnection raw) : raw_(std::move(raw)) {
    // libpq would print the server's warnings unchanged, with names that others chose.
    PQsetNoticeProcessor(
        raw_.get(), [](void* /*unused*/, const char* /*message*/) {}, nullptr);
  }

  std::string User() const { return PQuser(raw_.get()); }

  Result<Rows> Run(std::string_view sql, Duration limit) {
    if (raw_ == nullptr) {
      return Fail(ErrorCode::kUnavailable, "the connection is closed");
    }
    const SteadyTime deadline = SystemClock().SteadyNow() + limit;
    if (PQsendQuery(raw_.get(), std::string(sql).c_str()) == 0) {
      return Lost();
    }
    Rows last;
    std::optional<Error> failure;
    while (true) {
      if (!AwaitResult(deadline)) {
        return GaveUp(limit);
      }
      const RawResult result(PQgetResult(raw_.get()));
      if (!result) {
        break;
      }
      if (Failed(result.get())) {
        failure = failure ? failure : QueryError(PQresultErrorMessage(result.get()));
      } else {
        last = ToRows(result.get());
      }
    }
    if (PQstatus(raw_.get()) != CONNECTION_OK) {
      return Lost();
    }
    return failure ? Result<Rows>(Fail(*std::move(failure))) : Result<Rows>(std::move(last));
  }

 private:
  /// Waits until the next result is complete; returns false at the deadline. Returns true also if
  /// the connection is lost: PQgetResult then returns the reason.
  bool AwaitResult(SteadyTime deadline) {
    while (PQisBusy(raw_.get()) != 0) {
      const auto left = std::chrono::ceil<Duration>(deadline - SystemClock().SteadyNow()).count();
      pollfd waiting{.fd = PQsocket(raw_.get()), .events = POLLIN, .revents = 0};
      const int ready =
          poll(&waiting, 1, static_cast<int>(std::clamp<std::int64_t>(left, 0, 3'600'000)));
      if (ready == 0 && SystemClock().SteadyNow() >= deadline) {
        return false;
      }
      if (ready > 0 && PQconsumeInput(raw_.get()) == 0) {
        return true;
      }
    }
    return true;
  }

  /// Cancels the running statement, so that no backend is left behind, and closes the connection.
  Result<Rows> GaveUp(Duration limit) {
    std::array<char, 256> reason{};
    if (PGcancel* cancel = PQgetCancel(raw_.get()); cancel != nullptr) {
      PQcancel(cancel, reason.data(), reason.size());
      PQfreeCancel(cancel);
    }
    raw_.reset();
    return Fail(ErrorCode::kTimeout, fmt::format("no answer within {}; the statement was cancelled "
                                                 "and the connection closed",
                                                 FormatDuration(limit)));
  }

  Result<Rows> Lost() {
    Error error = QueryError(PQerrorMessage(raw_.get()));
    raw_.reset();
    return Fail(ErrorCode::kUnavailable, std::move(error.message));
  }

  RawConnection raw_;
};

config::Conninfo WithPins(config::Conninfo conninfo, const SessionLimits& limits) {
  conninfo.Set("application_name", "hakem");
  conninfo.Set("client_encoding", "UTF8");
  conninfo.Set("connect_timeout",
               fmt::format("{}", std::chrono::ceil<std::chrono::seconds>(limits.connect).count()));
  for (const auto& [keyword, value] : kKeepalives) {
    conninfo.Set(keyword, value);
  }
  std::string options = conninfo.Get("options");
  for (const Setting& pin : kPins) {
    options += fmt::format(" -c {}={}", pin.name, pin.value);
  }
  options += fmt::format(
      " -c statement_timeout={} -c lock_timeout={} -c idle_in_transaction_session_timeout={}",
      limits.statement.count(), limits.lock.count(), limits.idle_in_transaction.count());
  conninfo.Set("options", options);
  return conninfo;
}

AdminSession::AdminSession(std::unique_ptr<Connection> connection)
    : connection_(std::move(connection)) {}

AdminSession::~AdminSession() = default;

AdminSession::MadeOrNot AdminSession::Connect(const config::Conninfo& conninfo,
                                              const SessionLimits& limits) {
  auto raw = ConnectInSteps(WithPins(conninfo, limits).ToDsn(), limits.connect, {});
  if (!raw) {
    return tl::unexpected(raw.error());
  }
  std::unique_ptr<AdminSession> session(
      new AdminSession(std::make_unique<Connection>(std::move(*raw))));
  session->limits_ = limits;
  if (const auto prepared = session->Prepare(); !prepared) {
    const bool timeout = prepared.error().code == ErrorCode::kTimeout;
    return tl::unexpected(
        ConnectFailure{timeout ? DownReason::kTimeout : DownReason::kOther, prepared.error()});
  }
  return session;
}

Result<void> AdminSession::Prepare() {
  if (const auto pinned = Query(kLaterPinsSql); !pinned) {
    return Fail(pinned.error());
  }
  const auto rows = Query(kFactsSql);
  if (!rows) {
    return Fail(rows.error());
  }
  const auto text = [&](std::size_t column) { return std::string(*rows->Text(0, column)); };
  const std::string user = connection_->User();
  if (text(4) != user || text(5) != user) {
    return Fail(ErrorCode::kRefused,
                fmt::format("logged in as {}, but the session acts as {}: look for ALTER DATABASE "
                            "{} SET role or session_authorization (\\drds in psql)",
                            user, text(4) != user ? text(4) : text(5), text(3)));
  }
  const auto extensions = Query(kExtensionsSql);
  if (!extensions) {
    return Fail(extensions.error());
  }
  facts_ = {.connection = 1,
            .version = static_cast<int>(rows->Number(0, 0).value_or(0)),
            .in_recovery = text(1) == "t",
            .is_monitor = text(2) == "t",
            .database = text(3),
            .extensions = {}};
  for (std::size_t row = 0; row < extensions->size(); ++row) {
    facts_.extensions.emplace(extensions->Text(row, 0).value_or(""));
  }
  return {};
}

Result<Rows> AdminSession::Query(std::string_view sql) {
  return connection_->Run(sql, limits_.statement + kClientGrace);
}

Result<void> AdminSession::Begin(Writes writes) {
  return Query(writes == Writes::kYes ? "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
                                      : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
      .transform([](const auto&) {});
}

Result<void> AdminSession::Commit() {
  return Query("COMMIT").transform([](const auto&) {});
}

void AdminSession::Rollback() {
  static_cast<void>(Query("ROLLBACK"));
}

Result<void> AdminSession::RunAlone(std::string_view sql, const SessionLimits& limits) {
  const SessionLimits before = std::exchange(limits_, limits);
  auto ran = Query(fmt::format("SET default_transaction_read_only = off; "
                               "SET statement_timeout = {}; SET lock_timeout = {}",
                               limits.statement.count(), limits.lock.count()))
                 .and_then([&](const auto&) { return Query(sql); })
                 .transform([](const auto&) {});
  limits_ = before;
  const auto reset =
      Query(fmt::format("SET default_transaction_read_only = on; "
                        "SET statement_timeout = {}; SET lock_timeout = {}",
                        before.statement.count(), before.lock.count()));
  return ran && !reset ? Result<void>(Fail(reset.error())) : ran;
}

}  // namespace hakem::exporter

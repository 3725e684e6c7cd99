#include "exporter/session/pqxx_session.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <optional>
#include <pqxx/pqxx>
#include <utility>

#include "exporter/session/postgres_error.h"
#include "exporter/session/stepped_connect.h"
#include "model/duration.h"
#include "model/known_secrets.h"

namespace hakem::exporter {
namespace {

using collectors::Rows;
using collectors::ServerFacts;
using collectors::Session;

constexpr std::string_view kFactsSql =
    "SELECT current_setting('server_version_num') AS version, pg_is_in_recovery() AS in_recovery, "
    "pg_has_role('pg_monitor', 'USAGE') AS is_monitor, current_database() AS database, "
    "(SELECT string_agg(extname, ',') FROM pg_extension) AS extensions";

#if PQXX_VERSION_MAJOR < 7
/// Hands a connection over that has been made, once: it can never be made again silently.
class AdoptPolicy final : public pqxx::connectionpolicy {
 public:
  explicit AdoptPolicy(RawConnection made) : connectionpolicy(""), made_(std::move(made)) {}

  handle do_startconnect(handle current) override {
    return current != nullptr ? current : made_.release();
  }

 private:
  RawConnection made_;
};

class Connection final : public pqxx::connection_base {
 public:
  explicit Connection(RawConnection made) : connection_base(policy_), policy_(std::move(made)) {
    init();
    set_verbosity(verbose);
  }

  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  ~Connection() { close(); }

 private:
  AdoptPolicy policy_;
};
#else
class Connection final {
 public:
  explicit Connection(RawConnection made)
      : connection_(pqxx::connection::seize_raw_connection(made.release())) {}

  operator pqxx::connection&() { return connection_; }  // NOLINT(google-explicit-constructor)

  bool is_open() const { return connection_.is_open(); }

  int sock() const { return connection_.sock(); }

 private:
  pqxx::connection connection_;
};
#endif

/// How long a server may take to end a backend that was told to.
constexpr Duration kGoodbye = std::chrono::milliseconds(500);

/// A second descriptor of a connection's socket: shutting it down is safe although libpq may have
/// closed its own meanwhile.
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

  int fd() const { return fd_; }

  /// Waits until the server has closed its end, which it does when the backend is gone: until then
  /// the connection still counts there.
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

Rows ToRows(const pqxx::result& result) {
  std::vector<std::string> columns;
  for (pqxx::row::size_type i = 0; i < result.columns(); ++i) {
    columns.emplace_back(result.column_name(i));
  }
  std::vector<Rows::Cell> cells;
  cells.reserve(static_cast<std::size_t>(result.size()) * columns.size());
  for (const pqxx::row& row : result) {
    for (const pqxx::field& field : row) {
      cells.push_back(field.is_null() ? Rows::Cell()
                                      : Rows::Cell(std::in_place, field.c_str(), field.size()));
    }
  }
  return {std::move(columns), std::move(cells)};
}

std::set<std::string, std::less<>> SplitNames(std::string_view names) {
  std::set<std::string, std::less<>> split;
  while (!names.empty()) {
    const std::string_view name = names.substr(0, names.find(','));
    split.emplace(name);
    names.remove_prefix(std::min(names.size(), name.size() + 1));
  }
  return split;
}

class PqxxSession final : public Session {
 public:
  PqxxSession(RawConnection made, Duration patience, const Clock& clock, Watchdog& watchdog,
              std::stop_token stop)
      : connection_(std::in_place, std::move(made)),
        socket_(connection_->sock()),
        patience_(patience),
        clock_(clock),
        watchdog_(watchdog),
        stop_(std::move(stop)) {}

  PqxxSession(const PqxxSession&) = delete;
  PqxxSession& operator=(const PqxxSession&) = delete;

  ~PqxxSession() override {
    connection_.reset();
    socket_.AwaitGoodbye();
  }

  Result<Rows> Query(std::string_view sql) override {
    if (!connection_->is_open()) {
      return Fail(ErrorCode::kUnavailable, "the connection is closed");
    }
    const Watchdog::Watch watch(watchdog_, socket_.fd(), clock_.SteadyNow() + patience_, stop_);
    try {
      pqxx::nontransaction work(*connection_);
      return ToRows(work.exec(std::string(sql)));
    } catch (const pqxx::sql_error& failure) {
      return Fail(connection_->is_open() ? QueryError(failure.what())
                                         : Lost(watch, failure.what()));
    } catch (const std::exception& failure) {
      return Fail(Lost(watch, failure.what()));
    }
  }

  const ServerFacts& facts() const override { return facts_; }

  /// Finds the facts out.
  Result<void> Probe(std::uint64_t number) {
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

 private:
  /// Why the connection is no longer there.
  Error Lost(const Watchdog::Watch& watch, std::string_view message) const {
    if (stop_.stop_requested()) {
      return {ErrorCode::kUnavailable, "stopped"};
    }
    if (watch.expired()) {
      return {ErrorCode::kTimeout, fmt::format("no answer within {}; the connection was closed",
                                               FormatDuration(patience_))};
    }
    return {ErrorCode::kUnavailable, QueryError(message).message};
  }

  std::optional<Connection> connection_;  ///< Always there, but for the end.
  const SocketHandle socket_;
  const Duration patience_;
  const Clock& clock_;
  Watchdog& watchdog_;
  const std::stop_token stop_;
  ServerFacts facts_;
};

}  // namespace

Conninfo WithLimits(Conninfo conninfo, const SessionLimits& limits) {
  conninfo.Set("application_name", "hakem");
  conninfo.Set("client_encoding", "UTF8");
  conninfo.Set("connect_timeout",
               fmt::format("{}", std::chrono::ceil<std::chrono::seconds>(limits.connect).count()));
  conninfo.Set("keepalives", "1");
  conninfo.Set("keepalives_idle", "10");
  conninfo.Set("keepalives_interval", "5");
  conninfo.Set("keepalives_count", "3");
  conninfo.Set("tcp_user_timeout",
               fmt::format("{}", Duration(limits.statement + kClientGrace).count()));
  conninfo.Set(
      "options",
      fmt::format("{} -c statement_timeout={} -c lock_timeout={} "
                  "-c idle_in_transaction_session_timeout={} -c default_transaction_read_only=on "
                  "-c default_transaction_isolation=read\\ committed "
                  "-c search_path=pg_catalog -c jit=off -c max_parallel_workers_per_gather=0 "
                  "-c plan_cache_mode=force_generic_plan -c standard_conforming_strings=on "
                  "-c TimeZone=UTC -c DateStyle=ISO",
                  conninfo.Get("options"), limits.statement.count(), limits.lock.count(),
                  limits.idle_in_transaction.count()));
  return conninfo;
}

PqxxSessionFactory::PqxxSessionFactory(Conninfo conninfo, std::string password_file,
                                       const Clock& clock, std::string password_command)
    : conninfo_(std::move(conninfo)),
      password_{std::move(password_file), std::move(password_command)},
      clock_(clock),
      watchdog_(clock) {}

ConnectResult PqxxSessionFactory::ConnectTo(const std::string& database,
                                            const SessionLimits& limits, std::stop_token stop) {
  Conninfo conninfo = WithLimits(conninfo_, limits);
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
  auto made = ConnectInSteps(conninfo.ToDsn(), limits.connect, stop);
  if (!made) {
    ConnectFailure failure = made.error();
    failure.error.message = WithoutKnownSecrets(std::move(failure.error.message));
    return tl::unexpected(std::move(failure));
  }
  auto session = std::make_unique<PqxxSession>(std::move(*made), limits.statement + kClientGrace,
                                               clock_, watchdog_, std::move(stop));
  if (const auto probed = session->Probe(++connections_); !probed) {
    const bool timeout = probed.error().code == ErrorCode::kTimeout;
    return tl::unexpected(
        ConnectFailure{timeout ? DownReason::kTimeout : DownReason::kOther, probed.error()});
  }
  return session;
}

}  // namespace hakem::exporter

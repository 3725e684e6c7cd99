#include "exporter/session/stepped_connect.h"

#include <fmt/format.h>
#include <libpq-fe.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>

#include "exporter/session/postgres_error.h"
#include "model/clock.h"
#include "model/duration.h"
#include "model/known_secrets.h"

namespace hakem::exporter {
namespace {

/// A file descriptor that becomes readable when a stop is requested.
class StopEvent {
 public:
  /// If there is no descriptor, it is -1, and errno has the reason.
  explicit StopEvent(const std::stop_token& stop) : fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (fd_ >= 0) {
      stop_.emplace(stop, Raise{fd_});
    }
  }

  StopEvent(const StopEvent&) = delete;
  StopEvent& operator=(const StopEvent&) = delete;

  ~StopEvent() {
    stop_.reset();  // Before the descriptor's number can be reused.
    if (fd_ >= 0) {
      close(fd_);
    }
  }

  int fd() const { return fd_; }

 private:
  struct Raise {
    int fd;

    void operator()() const { eventfd_write(fd, 1); }
  };

  const int fd_;
  std::optional<std::stop_callback<Raise>> stop_;
};

/// Waits until the connection can continue; returns false at the deadline or a stop.
bool WaitForNetwork(int socket, PostgresPollingStatusType wanted, int stop_fd,
                    SteadyTime deadline) {
  const auto left = std::chrono::ceil<Duration>(deadline - SystemClock().SteadyNow()).count();
  const short events = wanted == PGRES_POLLING_READING ? POLLIN : POLLOUT;
  std::array<pollfd, 2> fds = {pollfd{.fd = socket, .events = events, .revents = 0},
                               pollfd{.fd = stop_fd, .events = POLLIN, .revents = 0}};
  poll(fds.data(), fds.size(), static_cast<int>(std::max<std::int64_t>(left, 0)));
  return fds[1].revents == 0 && SystemClock().SteadyNow() < deadline;
}

ConnectFailure GaveUp(const PGconn* connection, Duration limit, const std::stop_token& stop) {
  const char* host = PQhost(connection);
  const std::string server = fmt::format("connection to server at \"{}\", port {} failed",
                                         host != nullptr ? host : "", PQport(connection));
  if (stop.stop_requested()) {
    return {DownReason::kOther, {ErrorCode::kUnavailable, server + ": stopped"}};
  }
  return {
      DownReason::kTimeout,
      {ErrorCode::kTimeout, fmt::format("{}: no answer within {}", server, FormatDuration(limit))}};
}

/// The failure if this process lacks something that it needs for a connection.
tl::unexpected<ConnectFailure> NotStarted(std::string_view cause) {
  return tl::unexpected(ConnectFailure{
      DownReason::kOther,
      {ErrorCode::kUnavailable, fmt::format("a connection cannot be started: {}", cause)}});
}

/// Adds the secrets that libpq took from a service file, a passfile and variables to the known
/// ones.
void AddSecretsOf(PGconn* connection) {
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(PQconninfo(connection),
                                                                             &PQconninfoFree);
  for (const PQconninfoOption* option = options.get();
       option != nullptr && option->keyword != nullptr; ++option) {
    if (option->dispchar[0] == '*' && option->val != nullptr) {
      AddKnownSecret(Secret(option->val));
    }
  }
  if (const char* password = PQpass(connection)) {
    AddKnownSecret(Secret(password));
  }
}

}  // namespace

void CloseRawConnection::operator()(pg_conn* connection) const {
  PQfinish(connection);
}

tl::expected<RawConnection, ConnectFailure> ConnectInSteps(const Secret& dsn, Duration limit,
                                                           const std::stop_token& stop,
                                                           Notices* notices) {
  const SteadyTime deadline = SystemClock().SteadyNow() + limit;
  const StopEvent stopped(stop);
  if (stopped.fd() < 0) {
    return NotStarted(std::strerror(errno));
  }
  RawConnection connection(PQconnectStart(dsn.Reveal().c_str()));
  if (!connection) {
    return NotStarted("there is no memory left");
  }
  Notices::Receive(connection.get(), notices);
  AddSecretsOf(connection.get());
  PQsetErrorVerbosity(connection.get(), PQERRORS_VERBOSE);
  PostgresPollingStatusType wanted =
      PQstatus(connection.get()) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING;
  while (wanted != PGRES_POLLING_OK) {
    if (wanted == PGRES_POLLING_FAILED) {
      return tl::unexpected(ClassifyConnectFailure(PQerrorMessage(connection.get())));
    }
    if (!WaitForNetwork(PQsocket(connection.get()), wanted, stopped.fd(), deadline)) {
      return tl::unexpected(GaveUp(connection.get(), limit, stop));
    }
    wanted = PQconnectPoll(connection.get());
  }
  return connection;
}

}  // namespace hakem::exporter

#include "exporter/session/wire.h"

#include <fmt/format.h>
#include <libpq-fe.h>
#include <linux/sockios.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <condition_variable>
#include <new>
#include <system_error>
#include <thread>
#include <utility>

#include "model/byte_size.h"
#include "model/mutex.h"

namespace hakem::exporter {
namespace {

using collectors::Rows;

/// How long a cancel may take, and how many may hang at once.
constexpr Duration kCancelWithin = std::chrono::milliseconds(500);
constexpr int kMostHangingCancels = 4;

/// How long to wait for the network if TLS may have buffered bytes that poll() does not see.
constexpr int kTlsPollMilliseconds = 10;

/// How many bytes of later rows the buffers of the operating systems may hold.
constexpr std::uint64_t kInFlight = 16U << 20U;

using OwnedResult = std::unique_ptr<PGresult, decltype(&PQclear)>;

/// The bytes that a socket has received so far, or, for a Unix socket, the bytes that wait in it.
std::uint64_t ReceivedBytes(int fd, std::uint64_t before) {
  tcp_info info{};
  socklen_t size = sizeof(info);
  if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) == 0 &&
      size >= offsetof(tcp_info, tcpi_bytes_received) + sizeof(info.tcpi_bytes_received)) {
    return info.tcpi_bytes_received;
  }
  int waiting = 0;
  return ioctl(fd, SIOCINQ, &waiting) == 0 ? before + static_cast<std::uint64_t>(waiting) : before;
}

/// What a helper thread shares with the thread that waits for it.
class Done {
 public:
  void Set() {
    {
      const MutexLock lock(mutex_);
      done_ = true;
    }
    changed_.notify_all();
  }

  void WaitFor(Duration limit) {
    MutexLock lock(mutex_);
    changed_.wait_for(lock, limit, [this] { return done_; });
  }

 private:
  Mutex mutex_;
  std::condition_variable_any changed_;
  bool done_ = false;
};

std::string Text(const char* text) {
  return text != nullptr ? text : "";
}

}  // namespace

/// Reads one answer.
class Wire::Reading {
 public:
  explicit Reading(const Wire& wire)
      : wire_(wire),
        connection_(wire.connection_.get()),
        limits_(wire.limits_),
        received_(ReceivedBytes(PQsocket(connection_), 0)) {}

  /// Reads the whole answer; returns whether the connection is still usable.
  bool Run() {
    while (AwaitResult()) {
      const OwnedResult result(PQgetResult(connection_), &PQclear);
      if (!result) {
        return PQstatus(connection_) == CONNECTION_OK;
      }
      if (!Take(*result)) {
        return false;
      }
    }
    return false;
  }

  WireAnswer TakeAnswer() { return std::move(answer_); }

 private:
  /// Waits for the next result, of at most one row. Returns false if the connection is lost, or if
  /// more bytes have come than a row may have.
  bool AwaitResult() {
    const std::uint64_t before = received_;
    const bool tls = PQsslInUse(connection_) != 0;
    while (PQisBusy(connection_) != 0) {
      pollfd network{.fd = PQsocket(connection_), .events = POLLIN, .revents = 0};
      poll(&network, 1, tls ? kTlsPollMilliseconds : -1);
      received_ = ReceivedBytes(network.fd, received_);
      if (received_ - before > limits_.answer_bytes + kInFlight) {
        StopReading(LargerThanTheAnswer());
        return false;
      }
      if (PQconsumeInput(connection_) == 0) {
        SetFailure(PQerrorMessage(connection_), nullptr);
        return false;
      }
    }
    return true;
  }

  /// Returns false if the rest of the answer cannot be read.
  bool Take(const PGresult& result) {
    switch (PQresultStatus(&result)) {
      case PGRES_SINGLE_TUPLE:
        AddRow(result);
        return true;
      case PGRES_TUPLES_OK:
      case PGRES_COMMAND_OK:
      case PGRES_EMPTY_QUERY:
        EndStatement(result);
        return true;
      case PGRES_FATAL_ERROR:
      case PGRES_BAD_RESPONSE:
        SetFailure(PQresultErrorMessage(&result), PQresultErrorField(&result, PG_DIAG_SQLSTATE));
        return true;
      default:
        SetFailure("the server began to copy data", nullptr);
        return false;
    }
  }

  void AddRow(const PGresult& result) {
    if (answer_.failure) {
      return;  // The rest of an answer that is too large is dropped.
    }
    if (++rows_ > limits_.rows) {
      StopReading(fmt::format("the answer has more than {} rows", limits_.rows));
      return;
    }
    for (int column = 0; column < PQnfields(&result); ++column) {
      if (PQgetisnull(&result, 0, column) != 0) {
        cells_.emplace_back();
        continue;
      }
      const auto length = static_cast<std::size_t>(PQgetlength(&result, 0, column));
      bytes_ += length;
      if (length > limits_.value_bytes) {
        StopReading(fmt::format("a value of the column \"{}\" is larger than {}",
                                PQfname(&result, column), FormatByteSize(limits_.value_bytes)));
        return;
      }
      if (bytes_ > limits_.answer_bytes) {
        StopReading(LargerThanTheAnswer());
        return;
      }
      cells_.emplace_back(std::in_place, PQgetvalue(&result, 0, column), length);
    }
  }

  void EndStatement(const PGresult& result) {
    std::vector<std::string> columns;
    for (int column = 0; column < PQnfields(&result); ++column) {
      columns.emplace_back(PQfname(&result, column));
    }
    if (!answer_.failure) {
      answer_.statements.emplace_back(std::move(columns), std::exchange(cells_, {}));
    }
    cells_ = {};
    rows_ = 0;
  }

  std::string LargerThanTheAnswer() const {
    return fmt::format("the answer is larger than {}", FormatByteSize(limits_.answer_bytes));
  }

  /// Drops what was read of this answer, and cancels the statement.
  void StopReading(std::string what) {
    answer_.failure = WireFailure{.message = {}, .sqlstate = {}, .too_large = std::move(what)};
    answer_.statements.clear();
    cells_ = {};
    wire_.Cancel();
  }

  /// Keeps the first failure.
  void SetFailure(const char* message, const char* sqlstate) {
    if (!answer_.failure) {
      answer_.failure = WireFailure{.message = Text(message), .sqlstate = Text(sqlstate)};
    }
    cells_ = {};
  }

  const Wire& wire_;
  PGconn* const connection_;
  const AnswerLimits& limits_;
  std::uint64_t received_;
  std::size_t rows_ = 0;
  std::size_t bytes_ = 0;
  std::vector<Rows::Cell> cells_;
  WireAnswer answer_;
};

Wire::Wire(RawConnection made, const AnswerLimits& limits)
    : connection_(std::move(made)),
      limits_(limits),
      cancel_(PQgetCancel(connection_.get()), [](PGcancel* cancel) { PQfreeCancel(cancel); }) {}

Wire::Wire(Wire&& other) noexcept = default;
Wire& Wire::operator=(Wire&& other) noexcept = default;
Wire::~Wire() = default;

WireAnswer Wire::Exchange(const std::string& message) {
  if (!is_open()) {
    return {.failure = WireFailure{.message = "the connection is closed", .sqlstate = {}}};
  }
  PGconn* const connection = connection_.get();
  if (PQsendQuery(connection, message.c_str()) == 0) {
    const WireFailure failure{.message = PQerrorMessage(connection), .sqlstate = {}};
    Close();
    return {.failure = failure};
  }
  PQsetSingleRowMode(connection);
  Reading reading(*this);
  try {
    if (!reading.Run()) {
      Close();
      return reading.TakeAnswer();
    }
  } catch (const std::bad_alloc&) {
    Close();
    return {.failure =
                WireFailure{.message = "there is no memory left for the answer", .sqlstate = {}}};
  }
  // Code in the session may LISTEN. libpq keeps notifications until they are fetched.
  while (PGnotify* const notification = PQnotifies(connection)) {
    PQfreemem(notification);
  }
  return reading.TakeAnswer();
}

bool Wire::is_open() const {
  return connection_ && PQstatus(connection_.get()) == CONNECTION_OK;
}

bool Wire::in_transaction() const {
  const PGTransactionStatusType status = PQtransactionStatus(connection_.get());
  return status == PQTRANS_INTRANS || status == PQTRANS_INERROR;
}

int Wire::socket() const {
  return PQsocket(connection_.get());
}

int Wire::backend_pid() const {
  return PQbackendPID(connection_.get());
}

int Wire::server_version() const {
  return PQserverVersion(connection_.get());
}

std::string Wire::Reported(const char* setting) const {
  return Text(PQparameterStatus(connection_.get(), setting));
}

// PQcancel has no timeout, so a separate thread calls it. A call that hangs ends when the operating
// system's own timeout does.
void Wire::Cancel() const {
  static std::atomic<int> running = 0;
  if (!cancel_) {
    return;
  }
  if (++running > kMostHangingCancels) {
    --running;
    return;
  }
  const auto done = std::make_shared<Done>();
  try {
    std::thread([cancel = cancel_, done] {
      std::array<char, 256> reason{};
      PQcancel(cancel.get(), reason.data(), static_cast<int>(reason.size()));
      --running;
      done->Set();
    }).detach();
  } catch (const std::system_error&) {
    --running;  // No thread: the server itself detects, a little later, that the client is gone.
    return;
  }
  done->WaitFor(kCancelWithin);
}

}  // namespace hakem::exporter

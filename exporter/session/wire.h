#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "collectors/core/session.h"
#include "exporter/session/session_factory.h"
#include "exporter/session/stepped_connect.h"
#include "model/result.h"

struct pg_cancel;  // libpq's right to cancel what a connection's backend does.

namespace hakem::exporter {

/// Why the server, or the connection, did not answer a message wholly.
struct WireFailure {
  std::string message;      ///< libpq's, at verbosity VERBOSE.
  std::string sqlstate;     ///< Empty: libpq found it, not the server.
  std::string too_large{};  ///< Set when it was our own limit: what was larger than what.
};

/// The answer to one message: the rows of its statements in order, which are empty for a statement
/// that returns none, up to the first one that failed.
struct WireAnswer {
  std::vector<collectors::Rows> statements = {};
  std::optional<WireFailure> failure = {};
};

/// The simple query protocol on a connection of libpq: unlike a library above it, this keeps the
/// result of every statement of a message, and bounds the memory that an answer may take while it
/// is read. Used by one thread; blocks until the server answers or the socket is shut down.
class Wire {
 public:
  Wire(RawConnection made, const AnswerLimits& limits);
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;
  Wire(Wire&& other) noexcept;
  Wire& operator=(Wire&& other) noexcept;
  ~Wire();

  /// Sends `message` and reads all of the answer. After a failure that leaves the connection in an
  /// unknown state it is closed.
  WireAnswer Exchange(const std::string& message);

  /// Whether the connection is there, as far as is known.
  bool is_open() const;

  /// Whether a transaction block is open, failed or not.
  bool in_transaction() const;

  int socket() const;

  int backend_pid() const;

  /// server_version_num, as the server said it at the start.
  int server_version() const;

  /// A setting that the server reports by itself: "server_encoding". Empty when it does not.
  std::string Reported(const char* setting) const;

  /// Asks the server to cancel what the backend does, and waits for at most half a second until it
  /// has taken the request. Works after the connection was lost. Does nothing when it cannot.
  void Cancel() const;

  void Close() { connection_.reset(); }

 private:
  class Reading;

  RawConnection connection_;
  AnswerLimits limits_;
  std::shared_ptr<pg_cancel> cancel_;  ///< Null when libpq gave none.
};

}  // namespace hakem::exporter

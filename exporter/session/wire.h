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

struct pg_cancel;  // libpq's handle to cancel the statement of a connection.

namespace hakem::exporter {

/// Why a message failed.
struct WireFailure {
  std::string message;      ///< The message of libpq, at verbosity VERBOSE.
  std::string sqlstate;     ///< Empty if libpq detected the failure, not the server.
  std::string too_large{};  ///< Set if AnswerLimits was exceeded: which limit, and by what.
};

/// The answer to one message: the rows of each of its statements, in order, up to the first that
/// failed. A statement without a result has no rows.
struct WireAnswer {
  std::vector<collectors::Rows> statements = {};
  std::optional<WireFailure> failure = {};
};

/// The simple query protocol on a connection of libpq. It keeps the result of every statement of a
/// message, and limits the size of an answer while it is read. Used by one thread. Blocks until the
/// server responds or the socket is shut down.
class Wire {
 public:
  Wire(RawConnection made, const AnswerLimits& limits);
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;
  Wire(Wire&& other) noexcept;
  Wire& operator=(Wire&& other) noexcept;
  ~Wire();

  /// Sends `message` and reads the whole answer. Closes the connection if a failure leaves it in an
  /// unknown state.
  WireAnswer Exchange(const std::string& message);

  /// Whether the connection is open. A loss is noticed only when it is used.
  bool is_open() const;

  /// Whether a transaction block is open, failed or not.
  bool in_transaction() const;

  int socket() const;

  int backend_pid() const;

  /// server_version_num of the server.
  int server_version() const;

  /// A setting that the server reports automatically, such as "server_encoding"; "" for others.
  std::string Reported(const char* setting) const;

  /// Requests that the server cancels the running statement, and waits at most half a second until
  /// it has received the request. Also works after the connection was lost. Ignores errors.
  void Cancel() const;

  void Close() { connection_.reset(); }

 private:
  class Reading;

  RawConnection connection_;
  AnswerLimits limits_;
  std::shared_ptr<pg_cancel> cancel_;  ///< Null if libpq has none.
};

}  // namespace hakem::exporter

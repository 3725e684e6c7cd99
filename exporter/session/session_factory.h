#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

#include "collectors/core/session.h"
#include "model/result.h"
#include "model/time.h"

namespace hakem::exporter {

/// Why a server cannot be used: the label `reason`.
enum class DownReason {
  kConnect,   ///< No server responds at the address.
  kAuth,      ///< The server rejects the role or password.
  kTimeout,   ///< It did not respond in time.
  kRecovery,  ///< It is starting, stopping or recovering.
  kOther,     ///< No such database, too many connections, a pooler, …
};

inline constexpr std::array kDownReasons = {DownReason::kConnect, DownReason::kAuth,
                                            DownReason::kTimeout, DownReason::kRecovery,
                                            DownReason::kOther};

/// "connect", "auth", "timeout", "recovery", "other".
std::string_view ToString(DownReason reason);

/// A connection that could not be made, or was lost.
struct ConnectFailure {
  DownReason reason = DownReason::kOther;
  Error error;

  bool operator==(const ConnectFailure&) const = default;
};

/// The largest answer to one message. A larger one is an error, and is dropped.
struct AnswerLimits {
  std::size_t rows = 200'000;             ///< Rows of one statement.
  std::size_t value_bytes = 16U << 20U;   ///< Bytes of one value.
  std::size_t answer_bytes = 64U << 20U;  ///< Bytes of all values together.

  bool operator==(const AnswerLimits&) const = default;
};

/// How a session runs statements.
enum class SessionMode {
  kReadOnlyRounds,  ///< Each call of Query is a read-only transaction: see collectors::Session.
  /// Statements run unchanged, and the caller controls transactions: for an administrator who
  /// changes something. Settings are pinned once, after the connect. default_transaction_read_only
  /// is on until the caller turns it off.
  kStatements,
};

/// Time and size limits of a session.
struct SessionLimits {
  Duration connect = std::chrono::seconds(5);  ///< For all hosts and addresses together.
  Duration statement = std::chrono::seconds(2);
  Duration lock = std::chrono::milliseconds(500);
  Duration idle_in_transaction = std::chrono::seconds(10);
  AnswerLimits answer = {};
  SessionMode mode = SessionMode::kReadOnlyRounds;
};

/// How much longer than the server's own limit the client waits before it closes the connection.
inline constexpr Duration kClientGrace = std::chrono::seconds(1);

using ConnectResult = tl::expected<std::unique_ptr<collectors::Session>, ConnectFailure>;

/// Makes connections to one server. Thread-safe.
class SessionFactory {
 public:
  virtual ~SessionFactory() = default;

  /// Calls ConnectTo for the home database.
  ConnectResult Connect(const SessionLimits& limits, std::stop_token stop) {
    return ConnectTo({}, limits, std::move(stop));
  }

  /// Connects to a database of the server; "" is the home database. Takes at most `limits.connect`,
  /// name resolution not included. When `stop` is requested, this call and every query of the
  /// session end at once.
  virtual ConnectResult ConnectTo(const std::string& database, const SessionLimits& limits,
                                  std::stop_token stop) = 0;
};

}  // namespace hakem::exporter

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

/// Why a server cannot be used: the `reason` label.
enum class DownReason {
  kConnect,   ///< Nobody answers there.
  kAuth,      ///< The server refuses our role or password.
  kTimeout,   ///< It answers too late.
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

/// How large the answer to one message may be. What is larger is an error, and is not kept.
struct AnswerLimits {
  std::size_t rows = 200'000;             ///< Of one statement.
  std::size_t value_bytes = 16U << 20U;   ///< Of one value.
  std::size_t answer_bytes = 64U << 20U;  ///< Of all values together.

  bool operator==(const AnswerLimits&) const = default;
};

/// How a session runs the statements that it is given.
enum class SessionMode {
  kReadOnlyRounds,  ///< Each call of Query is a read-only transaction: see collectors::Session.
  /// As they are, for an administrator who changes something: transactions are the caller's own.
  /// The settings are pinned once, after the connect; default_transaction_read_only is on until
  /// the caller sets it off.
  kStatements,
};

/// The longest that anything on one connection may take, and the most that it may return.
struct SessionLimits {
  Duration connect = std::chrono::seconds(5);  ///< All hosts and addresses together.
  Duration statement = std::chrono::seconds(2);
  Duration lock = std::chrono::milliseconds(500);
  Duration idle_in_transaction = std::chrono::seconds(10);
  AnswerLimits answer = {};
  SessionMode mode = SessionMode::kReadOnlyRounds;
};

/// How long the client waits beyond the server's own limit before it closes the connection.
inline constexpr Duration kClientGrace = std::chrono::seconds(1);

using ConnectResult = tl::expected<std::unique_ptr<collectors::Session>, ConnectFailure>;

/// Makes connections to one server. Thread-safe.
class SessionFactory {
 public:
  virtual ~SessionFactory() = default;

  /// Connects to the home database; as ConnectTo.
  ConnectResult Connect(const SessionLimits& limits, std::stop_token stop) {
    return ConnectTo({}, limits, std::move(stop));
  }

  /// Connects to a database of the server, empty: the home database. Takes `limits.connect` at most
  /// (name resolution apart). When `stop` is requested, this call and every query of the session
  /// end at once.
  virtual ConnectResult ConnectTo(const std::string& database, const SessionLimits& limits,
                                  std::stop_token stop) = 0;
};

}  // namespace hakem::exporter

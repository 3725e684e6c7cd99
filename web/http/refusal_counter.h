#pragma once

#include "model/instruments.h"

namespace hakem::web {

/// Why a request, or the connection for it, is refused before any page sees it. The label `reason`
/// of `hakem_http_refused_total`.
enum class RefusalReason {
  kPassword,     ///< web.yml has users, and the password is missing or wrong: 401.
  kRate,         ///< web.yml has a rate limit, or the client tries too many passwords: 429.
  kMalformed,    ///< The request is not valid HTTP/1.1, or uses what is not supported: 400, 417,
                 ///< 501, 505.
  kTooLarge,     ///< The body or the head is too large: 413, 414, 431.
  kTooSlow,      ///< The request did not arrive in time: 408. Or the client did not read its
                 ///< response, and the connection was closed.
  kOverloaded,   ///< No worker, or no password check, was free in time: 503.
  kConnections,  ///< There are too many connections: one was closed for a new one, or the new one.
  kMemory,       ///< Closed because requests and responses in transfer take too much memory.
  kTls,          ///< The TLS handshake failed.
};

/// Counts refusals. Thread-safe.
class RefusalCounter {
 public:
  /// `instruments` outlives it. Null: nothing is counted.
  explicit RefusalCounter(Instruments* instruments) : instruments_(instruments) {}

  /// Adding 0 creates the series. Never throws: without memory the refusal is not counted.
  void Add(RefusalReason reason, double amount = 1) const noexcept;

 private:
  Instruments* const instruments_;
};

}  // namespace hakem::web

#pragma once

#include <functional>
#include <optional>

#include "web/http/http.h"

namespace hakem::web {

/// Whether a request is let in.
struct Verdict {
  bool authenticated = false;       ///< By a password.
  std::optional<Response> refusal;  ///< Sent instead of a page; then the connection is closed.
};

/// Decides whether requests are let in by their heads, before any body is read. Called by the
/// gateway's thread.
class Authorizer {
 public:
  /// Receives a verdict that took time. Called once, from any thread, possibly after the gateway
  /// was destroyed.
  using Callback = std::function<void(Verdict)>;

  virtual ~Authorizer() = default;

  /// Never blocks. Returns the verdict, or nothing when `callback` will receive it. `head` is a
  /// request without its body.
  virtual std::optional<Verdict> Judge(const Request& head, Callback callback) = 0;

  /// Adds the headers that every response has, also refusals. Thread-safe.
  virtual void AddHeaders(Response& response) = 0;
};

}  // namespace hakem::web

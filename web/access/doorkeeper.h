#pragma once

#include <functional>
#include <optional>

#include "web/http/http.h"

namespace hakem::web {

/// Whether a request is let in.
struct Verdict {
  bool authenticated = false;       ///< By a password.
  std::optional<Response> refusal;  ///< What is answered in place of a page; then close.
};

/// Decides on requests by their heads, before any body is taken. Called by the front's thread.
class Doorkeeper {
 public:
  /// Takes a verdict that needed time; from any thread, once, also after the front has gone.
  using Later = std::function<void(Verdict)>;

  virtual ~Doorkeeper() = default;

  /// Never blocks: the verdict at once, or nothing, and then `later` is called. `head` has no body.
  virtual std::optional<Verdict> Judge(const Request& head, Later later) = 0;

  /// Puts the headers on an answer that every answer has, whoever made it. Thread-safe.
  virtual void PutHeaders(Response& response) = 0;
};

}  // namespace hakem::web

#pragma once

#include <cstdint>

#include "model/time.h"
#include "web/gateway/listener.h"
#include "web/http/descriptor.h"

namespace hakem::web {

/// Accepts clients at a listening socket that does not block, and has an epoll instance report
/// newcomers. Used by one thread.
class Acceptor {
 public:
  enum class Outcome {
    kAccepted,
    kTryAgain,      ///< This client has left already; there may be others.
    kNobody,        ///< No client is waiting.
    kNoDescriptor,  ///< A client is waiting, but the process has no descriptor left for it.
    kFailed,        ///< The system cannot accept at present, mostly for lack of memory.
  };

  struct Attempt {
    Outcome outcome;
    Accepted client;  ///< Only with kAccepted.
  };

  /// Events of `epoll`, which outlives the acceptor, carry `tag`.
  Acceptor(Descriptor listener, const Descriptor& epoll, std::uint64_t tag);

  /// Never blocks.
  Attempt Accept();

  /// Closes the connection of a waiting client, for which it frees a descriptor that it holds in
  /// reserve. Without this, epoll would report the client again and again. False when it failed.
  bool RefuseClient();

  /// Stops watching for newcomers for a tenth of a second.
  void Pause(SteadyTime now);

  /// Watches for newcomers again if a pause is over.
  void Resume(SteadyTime now);

  /// Closes the listening socket for good.
  void Close();

 private:
  void Watch();

  Descriptor listener_;
  const Descriptor& epoll_;
  const std::uint64_t tag_;
  Descriptor spare_;  ///< Held in reserve for RefuseClient().
  bool is_watched_ = false;
  SteadyTime resume_at_;  ///< The end of the last pause.
};

}  // namespace hakem::web

#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "web/access/tls_context.h"

namespace hakem::web {

/// How far a call on a Channel came.
enum class Progress {
  kDone,     ///< Something was done: go on.
  kBlocked,  ///< Nothing can be done until the socket is ready again; see crossed().
  kEnded,    ///< The other side has ended its half.
  kFailed,   ///< The connection is of no more use.
};

/// The bytes of a client's connection, plain or by TLS, on a socket that does not block. Used by
/// one thread.
class Channel {
 public:
  virtual ~Channel() = default;

  /// Greets the client; to be called until it is kDone.
  virtual Progress Greet() = 0;

  /// `count` is how many bytes were put into `buffer`.
  virtual Progress Read(std::span<char> buffer, std::size_t& count) = 0;

  /// Sends from the front of `parts`, which follow each other. `count` is how many bytes were
  /// taken. After kBlocked the same bytes must come again. Requires: the first part is not empty.
  virtual Progress Write(std::span<const std::string_view> parts, std::size_t& count) = 0;

  /// Says that nothing more will come.
  virtual void End() = 0;

  /// Whether the last call that was kBlocked waits for the socket to be written to, when it was a
  /// read or a greeting, or to be read from, when it was a write: TLS does both at times.
  virtual bool crossed() const { return false; }

  virtual bool is_encrypted() const { return false; }

  /// Why greeting failed; "" when the client only left.
  virtual std::string_view failure() const { return ""; }

  /// Whether the client showed a certificate that our CA signed. Of use after Greet.
  virtual bool is_verified() const { return false; }
};

/// Of a socket as it is. `fd` outlives it, as with the next.
std::unique_ptr<Channel> MakePlainChannel(int fd);

/// As a TLS server. Keeps `context`; what OpenSSL needs is made by the first Greet.
std::unique_ptr<Channel> MakeTlsChannel(int fd, std::shared_ptr<const TlsContext> context);

}  // namespace hakem::web

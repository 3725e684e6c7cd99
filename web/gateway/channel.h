#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "web/access/tls_context.h"

namespace hakem::web {

/// The outcome of a call on a Channel.
enum class Progress {
  kDone,     ///< Something was done; call again.
  kBlocked,  ///< Nothing can be done until the socket is ready again; see waits_for_opposite().
  kEnded,    ///< The client sends no more.
  kFailed,   ///< The connection cannot be used any more.
};

/// The bytes of a client's connection, plain or by TLS, over a socket that does not block. Used by
/// one thread.
class Channel {
 public:
  virtual ~Channel() = default;

  /// Does the TLS handshake, if there is one. To be called until it returns kDone.
  virtual Progress Handshake() = 0;

  /// Sets `count` to the number of bytes that were put into `buffer`.
  virtual Progress Read(std::span<char> buffer, std::size_t& count) = 0;

  /// Sends from the front of `parts`, which follow each other. Sets `count` to the number of bytes
  /// that were taken. After kBlocked, the next call must begin with the same bytes. Requires: the
  /// first part is not empty.
  virtual Progress Write(std::span<const std::string_view> parts, std::size_t& count) = 0;

  /// Ends the output, so that the client sees that nothing more comes.
  virtual void EndOutput() = 0;

  /// After a call that returned kBlocked: whether a read or handshake waits until the socket can be
  /// written, or a write until it can be read. TLS may need either.
  virtual bool waits_for_opposite() const { return false; }

  virtual bool is_encrypted() const { return false; }

  /// Why the handshake failed; "" when the client just left.
  virtual std::string_view failure() const { return ""; }

  /// Whether the client presented a certificate that our CA has signed. Valid after the handshake.
  virtual bool is_verified() const { return false; }
};

/// A channel without encryption. `fd` outlives it.
std::unique_ptr<Channel> MakePlainChannel(int fd);

/// The server's side of TLS. `fd` outlives it. Shares `context`. OpenSSL's state is allocated by
/// the first Handshake().
std::unique_ptr<Channel> MakeTlsChannel(int fd, std::shared_ptr<const TlsContext> context);

}  // namespace hakem::web

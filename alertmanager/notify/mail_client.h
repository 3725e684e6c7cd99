#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "model/result.h"
#include "model/secret.h"
#include "model/time.h"

namespace hakem::alertmanager {

enum class SmtpTls {
  kStartTls,  ///< Begins in plain text and must change to TLS before anything else.
  kImplicit,  ///< TLS from the first byte.
  kNone,
};

/// A mail server and how to connect to it.
struct SmtpSettings {
  std::string host = {};  ///< Empty: this machine's mail system; then the rest is unused.
  int port = 587;
  SmtpTls tls = SmtpTls::kStartTls;
  std::string user = {};  ///< Empty: no authentication.
  Secret password = {};
  Duration timeout =
      std::chrono::seconds(30);  ///< For the whole delivery; also used without a host.
};

/// A mail with its envelope.
struct Mail {
  std::string from;             ///< Only the address, as in `MAIL FROM`.
  std::vector<std::string> to;  ///< Only the addresses; at least one.
  std::string data;             ///< The message of RFC 5322, with CRLF; dots are not stuffed.
};

/// The reply of the server to a mail.
struct SmtpReply {
  int code = 0;
  std::string text = {};  ///< Its last line, code included.
};

/// Sends mail through a server. Thread-safe.
class MailClient {
 public:
  virtual ~MailClient() = default;

  /// Sends a mail. No code is an error; 2xx: the server accepted it. Returns soon after `stop`.
  /// Errors: kUnavailable: no connection, a certificate that cannot be verified, or stopped;
  /// kTimeout; kRefused: the server does not offer STARTTLS or an authentication method.
  virtual Result<SmtpReply> Send(const SmtpSettings& settings, const Mail& mail,
                                 const std::stop_token& stop) = 0;
};

}  // namespace hakem::alertmanager

#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "model/result.h"
#include "model/secret.h"
#include "model/time.h"

namespace hakem::alertmanager {

enum class SmtpTls {
  kStartTls,  ///< Begins plain and must change to TLS before anything else is said.
  kImplicit,  ///< TLS from the first byte.
  kNone,
};

/// The mail server and how to speak to it.
struct SmtpSettings {
  std::string host = {};  ///< Empty: the mail system of this machine, without the rest of these.
  int port = 587;
  SmtpTls tls = SmtpTls::kStartTls;
  std::string user = {};  ///< Empty: without authentication.
  Secret password = {};
  Duration timeout = std::chrono::seconds(30);  ///< For all of it, connecting included; always.
};

/// An envelope and what is in it.
struct Mail {
  std::string from;             ///< The address alone, as in `MAIL FROM`.
  std::vector<std::string> to;  ///< The addresses alone; at least one.
  std::string data;             ///< The message of RFC 5322, with CRLF; dots are not stuffed.
};

/// What the server said to the mail.
struct SmtpReply {
  int code = 0;
  std::string text = {};  ///< Its last line, code included.
};

/// Hands mail to a server. Thread-safe.
class MailClient {
 public:
  virtual ~MailClient() = default;

  /// Sends one mail. Any code is a reply, not an error; 2xx: the server has taken it. Returns soon
  /// after `stop`. Errors: kUnavailable (no connection, a certificate that cannot be verified, or
  /// stopped), kTimeout, kRefused (the server does not offer STARTTLS or an authentication).
  virtual Result<SmtpReply> Send(const SmtpSettings& settings, const Mail& mail,
                                 const std::stop_token& stop) = 0;
};

}  // namespace hakem::alertmanager

#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "alertmanager/notify/mail_client.h"
#include "process/child_process.h"

namespace hakem {

/// A real mail server (Debian's python3-aiosmtpd) with a certificate of its own for `localhost`,
/// for tests. Accepts mail for everyone except `later@…` (451) and `nobody@…` (550).
class SmtpServer {
 public:
  /// Starts it on a free port. With a user, it requires a login.
  SmtpServer(alertmanager::SmtpTls tls, std::string user, std::string password);
  ~SmtpServer();
  SmtpServer(const SmtpServer&) = delete;
  SmtpServer& operator=(const SmtpServer&) = delete;

  int port() const { return port_; }

  /// The CA file for clients.
  std::string ca_file() const { return folder_ + "/certificate.pem"; }

  /// Waits for the next mail and returns it in the format of smtp_server.py.
  nlohmann::json NextMail();

 private:
  std::string folder_;
  std::unique_ptr<process::ChildProcess> process_;
  int port_ = 0;
};

}  // namespace hakem

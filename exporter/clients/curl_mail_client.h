#pragma once

#include <string>

#include "alertmanager/notify/mail_client.h"

namespace hakem::exporter {

/// Sends mail by libcurl, each on its own connection. Certificates are verified, with STARTTLS too.
class CurlMailClient final : public alertmanager::MailClient {
 public:
  /// `ca_file`: the certificates to trust; empty: those of the system.
  explicit CurlMailClient(std::string ca_file = "") : ca_file_(std::move(ca_file)) {}

  Result<alertmanager::SmtpReply> Send(const alertmanager::SmtpSettings& settings,
                                       const alertmanager::Mail& mail,
                                       const std::stop_token& stop) override;

 private:
  const std::string ca_file_;
};

}  // namespace hakem::exporter

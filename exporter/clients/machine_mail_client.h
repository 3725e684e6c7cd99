#pragma once

#include <functional>
#include <string>

#include "alertmanager/notify/mail_client.h"
#include "exporter/clients/curl_mail_client.h"
#include "exporter/clients/sendmail.h"

namespace hakem::exporter {

/// Sends mail through the SMTP server that the settings name. If they name none, sends it through
/// this machine's own mail system: its sendmail, else an SMTP server on localhost:25.
class MachineMailClient final : public alertmanager::MailClient {
 public:
  /// What tests replace.
  struct Machine {
    std::function<std::optional<std::string>()> find_sendmail;  ///< Returns its path, if any.
    int smtp_port = 25;
  };

  MachineMailClient();

  explicit MachineMailClient(Machine machine) : machine_(std::move(machine)) {}

  Result<alertmanager::SmtpReply> Send(const alertmanager::SmtpSettings& settings,
                                       const alertmanager::Mail& mail,
                                       const std::stop_token& stop) override;

  /// Where mail goes without a server in the settings, for the log: a path, or `localhost:25`.
  std::string Describe() const;

 private:
  Result<alertmanager::SmtpReply> SendToLocalhost(const alertmanager::Mail& mail,
                                                  const std::stop_token& stop);

  const Machine machine_;
  CurlMailClient curl_;
};

/// The SMTP reply that corresponds to how sendmail ended: 250 for success, 451 if another try may
/// succeed, 550 if the mail itself was rejected.
alertmanager::SmtpReply ReplyOf(const process::ProgramRun& run);

}  // namespace hakem::exporter

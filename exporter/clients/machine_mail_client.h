#pragma once

#include <functional>
#include <string>

#include "alertmanager/notify/mail_client.h"
#include "exporter/clients/curl_mail_client.h"
#include "exporter/clients/sendmail.h"

namespace hakem::exporter {

/// Mail by the server that the settings name; where they name none, by the machine's own mail
/// system: its sendmail, else an SMTP server on localhost:25.
class MachineMailClient final : public alertmanager::MailClient {
 public:
  /// What stands for the machine in tests.
  struct Machine {
    std::function<std::optional<std::string>()> find_sendmail;  ///< Nothing: there is none.
    int smtp_port = 25;
  };

  /// The machine that this process runs on.
  MachineMailClient();

  explicit MachineMailClient(Machine machine) : machine_(std::move(machine)) {}

  Result<alertmanager::SmtpReply> Send(const alertmanager::SmtpSettings& settings,
                                       const alertmanager::Mail& mail,
                                       const std::stop_token& stop) override;

  /// How mail leaves this machine, for the log: a path of sendmail, or `localhost:25`.
  std::string Describe() const;

 private:
  Result<alertmanager::SmtpReply> SendToLocalhost(const alertmanager::Mail& mail,
                                                  const std::stop_token& stop);

  const Machine machine_;
  CurlMailClient curl_;
};

/// What a mail server would have said where sendmail ended so: 250 for 0; a code from 400 on where
/// another try may succeed, one from 500 on where the mail itself is refused.
alertmanager::SmtpReply ReplyOf(const SendmailRun& run);

}  // namespace hakem::exporter

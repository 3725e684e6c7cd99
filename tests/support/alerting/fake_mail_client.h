#pragma once

#include <utility>
#include <vector>

#include "alertmanager/notify/mail_client.h"

namespace hakem::alertmanager {

/// Gives every mail the same reply and records the mails. Used by one thread.
class FakeMailClient final : public MailClient {
 public:
  Result<SmtpReply> Send(const SmtpSettings&, const Mail& mail, const std::stop_token&) override {
    mails.push_back(mail);
    return reply;
  }

  Result<SmtpReply> reply = SmtpReply{.code = 250, .text = "250 2.0.0 Ok: queued"};
  std::vector<Mail> mails;
};

}  // namespace hakem::alertmanager

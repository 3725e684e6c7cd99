#pragma once

#include <optional>
#include <string>
#include <vector>

#include "alertmanager/notify/mail_address.h"
#include "alertmanager/notify/mail_client.h"
#include "model/secret.h"
#include "model/time.h"

namespace hakem::alertmanager {

/// A Slack incoming webhook, or one of a compatible server.
struct SlackSettings {
  Secret url;  ///< Begins with https:// or http://.
  Duration timeout = std::chrono::seconds(10);
};

struct EmailSettings {
  SmtpSettings smtp;
  MailAddress from;
  std::vector<MailAddress> to;  ///< At least one.
};

/// Who is notified, and through which channels. Channels without settings are not used.
struct ReceiverSettings {
  std::string name = "default";  ///< The label `receiver`.
  std::optional<SlackSettings> slack = {};
  std::optional<EmailSettings> email = {};
};

}  // namespace hakem::alertmanager

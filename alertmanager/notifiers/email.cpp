#include <fmt/format.h>

#include "alertmanager/notify/email_body.h"
#include "alertmanager/notify/mime.h"
#include "alertmanager/notify/notifier.h"

namespace hakem::alertmanager {
namespace {

/// The same for every attempt to tell the same thing, so that a mail system may recognise a mail
/// that reached it although its answer was lost.
std::string MessageId(const Notification& notification) {
  std::uint64_t content = Labels{{"receiver", notification.receiver}}.hash();
  Timestamp newest{};
  const auto mix = [&](const Alert& alert, Timestamp when) {
    const auto time = static_cast<std::uint64_t>(when.time_since_epoch().count());
    content = content * 31 + alert.labels.hash() * 31 + time;
    newest = std::max(newest, when);
  };
  for (const Alert& alert : notification.firing) {
    mix(alert, alert.starts_at);
  }
  for (const Alert& alert : notification.resolved) {
    mix(alert, *alert.ends_at);
  }
  return fmt::format("{}.{:016x}", newest.time_since_epoch().count(), content);
}

class EmailNotifier final : public Notifier {
 public:
  EmailNotifier(EmailSettings settings, const NotifierDeps& deps)
      : settings_(std::move(settings)), deps_(deps) {}

  Delivery Notify(const Notification& notification, const std::stop_token& stop) override {
    const auto reply = deps_.mail.Send(settings_.smtp, Envelope(notification), stop);
    if (!reply) {
      return NoAnswer(reply.error());
    }
    return JudgeSmtp(*reply, settings_.smtp);
  }

 private:
  Mail Envelope(const Notification& notification) const {
    Mail mail{.from = settings_.from.address(),
              .to = {},
              .data = FormatMail({.from = settings_.from,
                                  .to = settings_.to,
                                  .subject = Subject(notification),
                                  .message_id = MessageId(notification),
                                  .date = deps_.clock.Now(),
                                  .text = FormatText(notification),
                                  .html = FormatHtml(notification)})};
    for (const MailAddress& address : settings_.to) {
      mail.to.push_back(address.address());
    }
    return mail;
  }

  const EmailSettings settings_;
  const NotifierDeps deps_;
};

}  // namespace

extern const NotifierSpec email;
constinit const NotifierSpec email{
    .name = "email",
    .help =
        "Mail with a text and an HTML part, through an SMTP server or this machine's mail system.",
    .make = [](const ReceiverSettings& settings,
               const NotifierDeps& deps) -> std::unique_ptr<Notifier> {
      if (!settings.email) {
        return nullptr;
      }
      return std::make_unique<EmailNotifier>(*settings.email, deps);
    }};

}  // namespace hakem::alertmanager

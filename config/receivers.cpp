#include "config/receivers.h"

#include <fmt/format.h>

namespace hakem::config {
namespace {

using alertmanager::EmailSettings;
using alertmanager::MailAddress;
using alertmanager::SmtpTls;

SmtpTls TlsOf(std::string_view name) {
  if (name == "implicit") {
    return SmtpTls::kImplicit;
  }
  return name == "none" ? SmtpTls::kNone : SmtpTls::kStartTls;
}

bool IsLoopback(std::string_view host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

Result<MailAddress> ParseAddress(std::string_view variable, std::string_view text) {
  Result<MailAddress> address = MailAddress::Parse(text);
  return address
             ? address
             : Result<MailAddress>(Fail(address.error().code,
                                        fmt::format("{}: {}", variable, address.error().message)));
}

Result<EmailSettings> MakeEmailSettings(const ReceiverConfig& config) {
  const Result<MailAddress> from = ParseAddress("SMTP_FROM", config.smtp_from);
  if (!from) {
    return Fail(from.error());
  }
  EmailSettings email{.smtp = {}, .from = *from, .to = {}};
  if (!config.smtp_host.empty()) {
    email.smtp = {.host = config.smtp_host,
                  .port = static_cast<int>(config.smtp_port),
                  .tls = TlsOf(config.smtp_tls),
                  .user = config.smtp_user,
                  .password = config.smtp_password};
  }
  if (email.smtp.tls == SmtpTls::kNone && !email.smtp.password.empty() &&
      !IsLoopback(email.smtp.host)) {
    return Fail(ErrorCode::kInvalidInput,
                fmt::format("SMTP_TLS: \"none\" would send SMTP_PASSWORD unencrypted to {}: use "
                            "starttls or implicit",
                            email.smtp.host));
  }
  for (const std::string& text : config.email_to) {
    const Result<MailAddress> to = ParseAddress("ALERT_EMAIL", text);
    if (!to) {
      return Fail(to.error());
    }
    email.to.push_back(*to);
  }
  return email;
}

}  // namespace

Result<alertmanager::ReceiverSettings> MakeReceiverSettings(const ReceiverConfig& config) {
  alertmanager::ReceiverSettings settings;
  if (!config.slack_webhook.empty()) {
    settings.slack = alertmanager::SlackSettings{.url = config.slack_webhook};
  }
  if (!config.email_to.empty()) {
    Result<EmailSettings> email = MakeEmailSettings(config);
    if (!email) {
      return Fail(email.error());
    }
    settings.email = *std::move(email);
  }
  return settings;
}

}  // namespace hakem::config

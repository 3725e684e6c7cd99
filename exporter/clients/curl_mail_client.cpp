#include "exporter/clients/curl_mail_client.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "exporter/clients/curl_handle.h"

namespace hakem::exporter {
namespace {

using alertmanager::SmtpTls;

constexpr std::size_t kMaxAnswerBytes = 64 << 10;

/// The part of the mail that is not sent yet. curl reads it in pieces.
std::size_t ReadMail(char* buffer, std::size_t size, std::size_t count, void* rest) {
  auto& data = *static_cast<std::string_view*>(rest);
  const std::size_t bytes = std::min(size * count, data.size());
  std::memcpy(buffer, data.data(), bytes);
  data.remove_prefix(bytes);
  return bytes;
}

/// The last line of a mail server with this code. The reply to QUIT comes after it.
std::string LineOf(int code, std::string_view lines) {
  const std::string prefix = fmt::format("{}", code);
  std::string_view found;
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    if (lines.starts_with(prefix)) {
      found = lines.substr(0, end);
    }
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
  return std::string(found.substr(0, found.find('\r')));
}

void SetServer(CurlHandle& curl, const alertmanager::SmtpSettings& settings) {
  const bool implicit = settings.tls == SmtpTls::kImplicit;
  curl.Set(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl.Set(CURLOPT_PROXY, "");  // The proxy in the environment is for HTTP.
  // The path is the name for EHLO.
  curl.Set(CURLOPT_URL, fmt::format("{}://{}:{}/localhost", implicit ? "smtps" : "smtp",
                                    settings.host, settings.port)
                            .c_str());
  curl.Set(CURLOPT_USE_SSL,
           static_cast<long>(settings.tls == SmtpTls::kNone ? CURLUSESSL_NONE : CURLUSESSL_ALL));
  if (!settings.user.empty()) {
    curl.Set(CURLOPT_USERNAME, settings.user.c_str());
    curl.Set(CURLOPT_PASSWORD, settings.password.Reveal().c_str());
  }
}

}  // namespace

Result<alertmanager::SmtpReply> CurlMailClient::Send(const alertmanager::SmtpSettings& settings,
                                                     const alertmanager::Mail& mail,
                                                     const std::stop_token& stop) {
  std::string_view rest = mail.data;
  CurlHandle curl(settings.timeout, kMaxAnswerBytes);
  SetServer(curl, settings);
  if (!ca_file_.empty()) {
    curl.Set(CURLOPT_CAINFO, ca_file_.c_str());
  }
  curl.Set(CURLOPT_MAIL_FROM, fmt::format("<{}>", mail.from).c_str());
  for (const std::string& to : mail.to) {
    curl.Append(CURLOPT_MAIL_RCPT, fmt::format("<{}>", to));
  }
  curl.Set(CURLOPT_UPLOAD, 1L);
  curl.Set(CURLOPT_READFUNCTION, &ReadMail);
  curl.Set(CURLOPT_READDATA, &rest);
  curl.CaptureHeaders();
  const auto done = curl.Perform(fmt::format("{}:{}", settings.host, settings.port), stop);
  if (done || curl.status() >= 400) {
    return alertmanager::SmtpReply{.code = curl.status(),
                                   .text = LineOf(curl.status(), curl.answer())};
  }
  return Fail(done.error());
}

}  // namespace hakem::exporter

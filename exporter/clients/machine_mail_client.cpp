#include "exporter/clients/machine_mail_client.h"

#include <fmt/format.h>
#include <sysexits.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "process/child_process.h"

namespace hakem::exporter {
namespace {

using alertmanager::SmtpReply;
using alertmanager::SmtpSettings;
using alertmanager::SmtpTls;

/// The exit statuses for which the mail itself is to blame. With all others the mail system is,
/// which may be repaired.
struct Refusal {
  int status;
  std::string_view name;
};

constexpr Refusal kRefusals[] = {{EX_USAGE, "EX_USAGE"},
                                 {EX_DATAERR, "EX_DATAERR"},
                                 {EX_NOUSER, "EX_NOUSER"},
                                 {EX_NOHOST, "EX_NOHOST"},
                                 {EX_NOPERM, "EX_NOPERM"}};

/// The text with LF for CRLF, as programs on this machine expect.
std::string WithNewlines(std::string_view text) {
  std::string lines;
  lines.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\r' || i + 1 == text.size() || text[i + 1] != '\n') {
      lines += text[i];
    }
  }
  return lines;
}

std::string_view FirstLine(std::string_view text) {
  const std::size_t begin = std::min(text.find_first_not_of(" \t\r\n"), text.size());
  text.remove_prefix(begin);
  return text.substr(0, text.find_first_of("\r\n"));
}

}  // namespace

MachineMailClient::MachineMailClient()
    : MachineMailClient(
          Machine{.find_sendmail = [] { return FindSendmail(process::SearchPath()); }}) {}

SmtpReply ReplyOf(const process::ProgramRun& run) {
  const auto* refusal =
      std::find_if(std::begin(kRefusals), std::end(kRefusals),
                   [&](const Refusal& known) { return known.status == run.status; });
  const bool refused = refusal != std::end(kRefusals);
  const std::string_view name = refused                     ? refusal->name
                                : run.status == EX_TEMPFAIL ? "EX_TEMPFAIL"
                                                            : "";
  const std::string_view printed = FirstLine(run.output);
  return {.code = run.status == 0 ? 250
                  : refused       ? 550
                                  : 451,
          .text = fmt::format("sendmail ended with status {}{}{}{}{}", run.status,
                              name.empty() ? "" : " ", name, printed.empty() ? "" : ": ", printed)};
}

Result<SmtpReply> MachineMailClient::Send(const SmtpSettings& settings,
                                          const alertmanager::Mail& mail,
                                          const std::stop_token& stop) {
  if (!settings.host.empty()) {
    return curl_.Send(settings, mail, stop);
  }
  const std::optional<std::string> program = machine_.find_sendmail();
  if (!program) {
    return SendToLocalhost(mail, stop);
  }
  const Result<process::ProgramRun> run =
      RunSendmail(*program, WithNewlines(mail.data), settings.timeout, stop);
  if (run && (run->status == 0 || run->status == EX_TEMPFAIL)) {
    return ReplyOf(*run);
  }
  if (!run && run.error().code != ErrorCode::kNotFound) {
    return Fail(run.error());  // It may have accepted the mail.
  }
  // It has not accepted the mail: a server on this machine may.
  Result<SmtpReply> reply = SendToLocalhost(mail, stop);
  if (reply || stop.stop_requested()) {
    return reply;
  }
  return run ? Result<SmtpReply>(ReplyOf(*run))
             : Fail(ErrorCode::kUnavailable,
                    fmt::format("{}; {}", run.error().message, reply.error().message));
}

Result<SmtpReply> MachineMailClient::SendToLocalhost(const alertmanager::Mail& mail,
                                                     const std::stop_token& stop) {
  return curl_.Send({.host = "localhost", .port = machine_.smtp_port, .tls = SmtpTls::kNone}, mail,
                    stop);
}

std::string MachineMailClient::Describe() const {
  return machine_.find_sendmail().value_or(fmt::format("localhost:{}", machine_.smtp_port));
}

}  // namespace hakem::exporter

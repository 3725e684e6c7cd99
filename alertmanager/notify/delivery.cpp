#include "alertmanager/notify/delivery.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

namespace hakem::alertmanager {
namespace {

constexpr std::string_view kMask = "<secret>";

/// Which statuses are what; the first row that holds the status counts.
struct Verdict {
  int from;
  int to;  ///< Inclusive.
  ErrorCode code;
  FailureReason reason;
};

constexpr Verdict kHttpVerdicts[] = {
    // A redirect is not followed: the message would reach whoever is named there. It may be of a
    // moment, or somebody corrects the address, so that the message must wait.
    {300, 399, ErrorCode::kUnavailable, FailureReason::kOther},
    {401, 401, ErrorCode::kRefused, FailureReason::kAuthError},
    {403, 403, ErrorCode::kRefused, FailureReason::kAuthError},
    {408, 408, ErrorCode::kUnavailable, FailureReason::kContextDeadlineExceeded},
    {429, 429, ErrorCode::kUnavailable, FailureReason::kRateLimited},
    {400, 499, ErrorCode::kRefused, FailureReason::kClientError},
    {500, 599, ErrorCode::kUnavailable, FailureReason::kServerError},
};

constexpr Verdict kSmtpVerdicts[] = {
    {454, 454, ErrorCode::kUnavailable, FailureReason::kAuthError},
    {400, 499, ErrorCode::kUnavailable, FailureReason::kServerError},
    {530, 530, ErrorCode::kRefused, FailureReason::kAuthError},
    {534, 535, ErrorCode::kRefused, FailureReason::kAuthError},
    {538, 538, ErrorCode::kRefused, FailureReason::kAuthError},
    {500, 599, ErrorCode::kRefused, FailureReason::kClientError},
};

Verdict VerdictOn(int status, std::span<const Verdict> verdicts) {
  for (const Verdict& verdict : verdicts) {
    if (verdict.from <= status && status <= verdict.to) {
      return verdict;
    }
  }
  return {status, status, ErrorCode::kRefused, FailureReason::kOther};
}

void ReplaceAll(std::string& text, std::string_view part) {
  for (auto at = text.find(part); at != std::string::npos;
       at = text.find(part, at + kMask.size())) {
    text.replace(at, part.size(), kMask);
  }
}

}  // namespace

std::string_view ToString(FailureReason reason) {
  static constexpr std::array<std::string_view, kFailureReasons.size()> kNames{
      "other", "clientError", "serverError", "contextDeadlineExceeded", "authError", "rateLimited"};
  return kNames[static_cast<std::size_t>(reason)];
}

Delivery NoAnswer(Error error) {
  const FailureReason reason = error.code == ErrorCode::kTimeout
                                   ? FailureReason::kContextDeadlineExceeded
                                   : FailureReason::kOther;
  return Fail(DeliveryFailure{std::move(error), reason, std::nullopt});
}

Delivery JudgeHttp(const HttpResponse& response, const Secret& url) {
  if (response.status >= 200 && response.status < 300) {
    return {};
  }
  const Verdict verdict = VerdictOn(response.status, kHttpVerdicts);
  const std::string text = Excerpt(response.body, url);
  const bool is_redirect = response.status >= 300 && response.status < 400;
  return Fail(DeliveryFailure{
      {verdict.code, fmt::format("the server answered {}{}{}{}", response.status,
                                 is_redirect ? " (a redirect, which is not followed)" : "",
                                 text.empty() ? "" : ": ", text)},
      verdict.reason,
      response.retry_after});
}

Delivery JudgeSmtp(const SmtpReply& reply, const SmtpSettings& settings) {
  if (reply.code >= 200 && reply.code < 300) {
    return {};
  }
  const Verdict verdict = VerdictOn(reply.code, kSmtpVerdicts);
  const std::string who = settings.host.empty()
                              ? "the mail system of this machine"
                              : fmt::format("mail server {}:{}", settings.host, settings.port);
  return Fail(DeliveryFailure{{verdict.code, fmt::format("{} answered \"{}\"", who,
                                                         Excerpt(reply.text, settings.password))},
                              verdict.reason,
                              std::nullopt});
}

std::string Excerpt(std::string_view response, const Secret& secret) {
  constexpr std::size_t kLongest = 120;
  constexpr std::size_t kShortestSecretPart = 4;
  std::string text(response.substr(0, response.find_first_of("\r\n")));
  if (!secret.empty()) {
    ReplaceAll(text, secret.Reveal());
  }
  // A server that echoes the path of an address echoes the secret in it.
  std::string_view rest = secret.Reveal();
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find_first_of("/?=&@:#"), rest.size());
    if (end >= kShortestSecretPart) {
      ReplaceAll(text, rest.substr(0, end));
    }
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c > 0x7e; }, '?');
  return text.substr(0, kLongest);
}

}  // namespace hakem::alertmanager

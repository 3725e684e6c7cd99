#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "alertmanager/notify/http_client.h"
#include "alertmanager/notify/mail_client.h"
#include "model/result.h"
#include "model/time.h"

namespace hakem::alertmanager {

/// The label `reason` of the counters of failed notifications: Alertmanager's closed set.
enum class FailureReason {
  kOther,
  kClientError,
  kServerError,
  kContextDeadlineExceeded,
  kAuthError,
  kRateLimited,
};

inline constexpr std::array kFailureReasons{
    FailureReason::kOther,       FailureReason::kClientError,
    FailureReason::kServerError, FailureReason::kContextDeadlineExceeded,
    FailureReason::kAuthError,   FailureReason::kRateLimited,
};

/// "other", "clientError", "serverError", "contextDeadlineExceeded", "authError", "rateLimited".
std::string_view ToString(FailureReason reason);

/// Why an attempt failed. `error.code` says whether another may succeed: kUnavailable and kTimeout
/// may, every other does not.
struct DeliveryFailure {
  Error error;
  FailureReason reason = FailureReason::kOther;
  std::optional<Duration> retry_after = {};  ///< The other side asks to be left alone for so long.

  bool may_retry() const {
    return error.code == ErrorCode::kUnavailable || error.code == ErrorCode::kTimeout;
  }
};

/// How an attempt to deliver a message ended.
using Delivery = Result<void, DeliveryFailure>;

/// An attempt that ended without an answer.
Delivery NoAnswer(Error error);

/// What an answer's status means: 2xx is delivered; 3xx, 408, 429 and 5xx may be tried again;
/// everything else is final.
Delivery JudgeHttp(const HttpResponse& response, const Secret& url);

/// What a mail server's last reply means: 2xx is delivered; 4xx may be tried again; everything else
/// is final.
Delivery JudgeSmtp(const SmtpReply& reply, const SmtpSettings& settings);

/// The beginning of what the other side said, fit for a message: one line of at most 120 characters
/// in which no part of `secret` is left.
std::string Excerpt(std::string_view said, const Secret& secret);

}  // namespace hakem::alertmanager

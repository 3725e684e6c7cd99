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

/// Why an attempt failed. Another may succeed only if `error.code` is kUnavailable or kTimeout.
struct DeliveryFailure {
  Error error;
  FailureReason reason = FailureReason::kOther;
  std::optional<Duration> retry_after = {};  ///< The header Retry-After.

  bool may_retry() const {
    return error.code == ErrorCode::kUnavailable || error.code == ErrorCode::kTimeout;
  }
};

/// How an attempt to deliver a notification ended.
using Delivery = Result<void, DeliveryFailure>;

/// The result of an attempt without a response.
Delivery NoAnswer(Error error);

/// The result of an attempt with this response: 2xx is success; after 3xx, 408, 429 and 5xx another
/// attempt may succeed; all others are final.
Delivery JudgeHttp(const HttpResponse& response, const Secret& url);

/// The result of an attempt with this last reply of the mail server: 2xx is success; after 4xx
/// another attempt may succeed; all others are final.
Delivery JudgeSmtp(const SmtpReply& reply, const SmtpSettings& settings);

/// The beginning of a response, for error messages: one line of at most 120 characters, in which
/// all parts of `secret` are masked.
std::string Excerpt(std::string_view response, const Secret& secret);

}  // namespace hakem::alertmanager

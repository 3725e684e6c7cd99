#pragma once

#include <cstddef>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "model/result.h"
#include "model/secret.h"
#include "model/time.h"

namespace hakem::alertmanager {

struct HttpHeader {
  std::string name;
  std::string value;
};

struct HttpRequest {
  std::string method = "POST";
  Secret url = {};  ///< Secret, because the URL of a webhook is its password.
  std::vector<HttpHeader> headers = {};
  std::string body = {};
  Duration timeout = std::chrono::seconds(10);  ///< For the whole request, connecting included.
  std::size_t max_answer_bytes = 65'536;
  bool cuts_long_answer = false;  ///< Truncates a longer answer; else it is an error.
};

struct HttpResponse {
  int status = 0;
  std::string body = {};
  std::optional<Duration> retry_after = {};  ///< The header Retry-After, seconds or a date.
};

/// Sends HTTP requests. Thread-safe.
class HttpClient {
 public:
  virtual ~HttpClient() = default;

  /// Sends a request and reads the response; does not follow redirects. No status is an error.
  /// Returns soon after `stop`. Errors name the host, never the URL: kUnavailable: no connection, a
  /// certificate that cannot be verified, or stopped; kTimeout; kRefused: the response is too long
  /// and not to be truncated; kInvalidInput: not a URL.
  virtual Result<HttpResponse> Send(const HttpRequest& request, const std::stop_token& stop) = 0;
};

}  // namespace hakem::alertmanager

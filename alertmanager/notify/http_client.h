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
  Secret url = {};  ///< A webhook's address is its password.
  std::vector<HttpHeader> headers = {};
  std::string body = {};
  Duration timeout = std::chrono::seconds(10);  ///< For all of it, connecting included.
  std::size_t max_answer_bytes = 65'536;
  bool cuts_long_answer = false;  ///< Of a longer answer the beginning counts; else it is an error.
};

struct HttpResponse {
  int status = 0;
  std::string body = {};
  std::optional<Duration> retry_after = {};  ///< The header Retry-After, seconds or a date.
};

/// Talks HTTP. Thread-safe.
class HttpClient {
 public:
  virtual ~HttpClient() = default;

  /// Sends one request and reads the answer; follows no redirect. Any status is an answer, not an
  /// error. Returns soon after `stop`. Errors name the host, never the address: kUnavailable (no
  /// connection, a certificate that cannot be verified, or stopped), kTimeout, kRefused (an answer
  /// that is too long, where it is not to be cut), kInvalidInput (not an address).
  virtual Result<HttpResponse> Send(const HttpRequest& request, const std::stop_token& stop) = 0;
};

}  // namespace hakem::alertmanager

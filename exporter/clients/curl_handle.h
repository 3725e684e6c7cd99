#pragma once

#include <curl/curl.h>

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "model/check.h"
#include "model/result.h"
#include "model/time.h"

namespace hakem::exporter {

/// One transfer with libcurl: the limits every transfer has, and a wait that ends at once when it
/// is asked to stop. Used by one thread, once.
///
/// Every transfer verifies certificates and host names, follows no redirect, raises no signal, and
/// ends after 5 s without a connection or 10 s without a byte.
class CurlHandle {
 public:
  /// `timeout`: for all of it. `max_answer_bytes`: a longer answer is an error.
  CurlHandle(Duration timeout, std::size_t max_answer_bytes);

  CurlHandle(const CurlHandle&) = delete;
  CurlHandle& operator=(const CurlHandle&) = delete;

  /// Sets an option; strings are copied. An option that this libcurl does not know is a bug of
  /// ours.
  template <typename Value>
  void Set(CURLoption option, Value value) {
    HAKEM_CHECK(curl_easy_setopt(easy_.get(), option, value) == CURLE_OK);
  }

  /// Adds a line to a list that an option of curl's takes; the list lives as long as this.
  void Append(CURLoption option, const std::string& line);

  /// Makes header lines part of the answer: a mail server's lines come as such.
  void CaptureHeaders();

  /// Runs the transfer. Errors as the clients' interfaces say; `peer` ("smtp.example.com:587")
  /// begins the message.
  Result<void> Perform(std::string_view peer, const std::stop_token& stop);

  /// What the other side sent: a body, or a mail server's lines.
  const std::string& answer() const { return answer_; }

  /// The last status of HTTP or SMTP; 0 when there was none.
  int status() const;

  /// The header Retry-After; a date is turned into the time that is left.
  std::optional<Duration> retry_after() const;

 private:
  struct Free {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }

    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  };

  static std::size_t OnAnswer(char* data, std::size_t size, std::size_t count, void* self);
  Result<CURLcode> Run(const std::stop_token& stop);

  const std::size_t max_answer_bytes_;
  std::string answer_;
  bool answer_too_long_ = false;
  char curl_error_[CURL_ERROR_SIZE] = {};
  std::unique_ptr<curl_slist, Free> list_;
  std::unique_ptr<CURL, Free> easy_;  // Cleaned up first: it points to the others.
};

}  // namespace hakem::exporter

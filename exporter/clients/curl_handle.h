#pragma once

#include <curl/curl.h>

#include <memory>
#include <new>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "model/check.h"
#include "model/result.h"
#include "model/time.h"

namespace hakem::exporter {

/// One transfer with libcurl, which can be stopped at once. Used by one thread, once.
///
/// Every transfer verifies certificates and host names, follows no redirect and raises no signal.
/// It ends after 5 s without a connection or 10 s without a byte.
class CurlHandle {
 public:
  /// `timeout`: of the whole transfer. A response longer than `max_answer_bytes` is an error,
  /// unless CutLongAnswer was called.
  CurlHandle(Duration timeout, std::size_t max_answer_bytes);

  CurlHandle(const CurlHandle&) = delete;
  CurlHandle& operator=(const CurlHandle&) = delete;
  ~CurlHandle() = default;

  /// Sets an option; strings are copied. An option that this libcurl does not have is a programming
  /// error. Other errors, such as a lack of memory, are returned by Perform.
  template <typename Value>
  void Set(CURLoption option, Value value) {
    Note(easy_ != nullptr ? curl_easy_setopt(easy_.get(), option, value) : CURLE_FAILED_INIT);
  }

  /// Appends a line to the list that is the value of an option. The list lives as long as this.
  void Append(CURLoption option, const std::string& line);

  /// Makes a response that is too long no error: answer() is its beginning.
  void CutLongAnswer() { cuts_long_answer_ = true; }

  /// Makes header lines part of the response. curl reports the replies of a mail server as headers.
  void CaptureHeaders();

  /// Runs the transfer. Errors: those of HttpClient and MailClient. Their message begins with
  /// `peer`: "smtp.example.com:587".
  Result<void> Perform(std::string_view peer, const std::stop_token& stop);

  /// The response: a body, or the lines of a mail server.
  const std::string& answer() const { return answer_; }

  /// The last status of HTTP or SMTP; 0 if there was none.
  int status() const;

  /// The header Retry-After; a date is converted to the time until then.
  std::optional<Duration> retry_after() const;

 private:
  struct Free {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }

    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  };

  /// Records the first failure to prepare the transfer.
  void Note(CURLcode code) {
    HAKEM_CHECK(code != CURLE_UNKNOWN_OPTION);
    prepared_ = prepared_ == CURLE_OK ? code : prepared_;
  }

  static std::size_t OnAnswer(char* data, std::size_t size, std::size_t count, void* self);
  Result<CURLcode> Run(const std::stop_token& stop);

  const std::size_t max_answer_bytes_;
  std::string answer_;
  bool answer_too_long_ = false;
  bool cuts_long_answer_ = false;
  CURLcode prepared_ = CURLE_OK;
  char curl_error_[CURL_ERROR_SIZE] = {};
  std::unique_ptr<curl_slist, Free> list_;
  std::unique_ptr<CURL, Free> easy_;  // Cleaned up first: it points to the others.
};

}  // namespace hakem::exporter

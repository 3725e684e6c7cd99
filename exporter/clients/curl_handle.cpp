#include "exporter/clients/curl_handle.h"

#include <fmt/format.h>

#include <algorithm>
#include <new>

#include "model/check.h"

namespace hakem::exporter {
namespace {

constexpr Duration kConnectTimeout = std::chrono::seconds(5);
constexpr long kSilentSeconds = 10;

/// The global state of libcurl. It exists from before the first handle to the end of the process.
CURLcode InitCurl() {
  static const CURLcode done = curl_global_init(CURL_GLOBAL_DEFAULT);
  return done;
}

/// The error code of a failed transfer.
ErrorCode CodeFor(CURLcode code) {
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
      return ErrorCode::kTimeout;
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
      return ErrorCode::kInvalidInput;
    case CURLE_USE_SSL_FAILED:  // STARTTLS is not offered.
    case CURLE_LOGIN_DENIED:
      return ErrorCode::kRefused;
    default:
      return ErrorCode::kUnavailable;
  }
}

using Multi = std::unique_ptr<CURLM, decltype([](CURLM* multi) { curl_multi_cleanup(multi); })>;

/// Adds an easy handle to a multi handle, and removes it in the destructor.
class Added {
 public:
  Added(CURLM* multi, CURL* easy)
      : multi_(multi), easy_(easy), code_(curl_multi_add_handle(multi, easy)) {}

  ~Added() { curl_multi_remove_handle(multi_, easy_); }

  Added(const Added&) = delete;
  Added& operator=(const Added&) = delete;

  CURLMcode code() const { return code_; }

 private:
  CURLM* multi_;
  CURL* easy_;
  CURLMcode code_;
};

}  // namespace

CurlHandle::CurlHandle(Duration timeout, std::size_t max_answer_bytes)
    : max_answer_bytes_(max_answer_bytes) {
  Note(InitCurl());
  easy_.reset(curl_easy_init());
  Set(CURLOPT_NOSIGNAL, 1L);
  Set(CURLOPT_FORBID_REUSE, 1L);
  Set(CURLOPT_QUICK_EXIT, 1L);  // Does not wait for a pending name resolution.
  Set(CURLOPT_ERRORBUFFER, curl_error_);
  Set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(kConnectTimeout.count()));
  Set(CURLOPT_TIMEOUT_MS, static_cast<long>(timeout.count()));
  Set(CURLOPT_SERVER_RESPONSE_TIMEOUT, kSilentSeconds);
  Set(CURLOPT_LOW_SPEED_LIMIT, 1L);
  Set(CURLOPT_LOW_SPEED_TIME, kSilentSeconds);
  Set(CURLOPT_SSL_VERIFYPEER, 1L);
  Set(CURLOPT_SSL_VERIFYHOST, 2L);
  Set(CURLOPT_WRITEFUNCTION, &CurlHandle::OnAnswer);
  Set(CURLOPT_WRITEDATA, this);
}

void CurlHandle::CaptureHeaders() {
  Set(CURLOPT_HEADERFUNCTION, &CurlHandle::OnAnswer);
  Set(CURLOPT_HEADERDATA, this);
}

void CurlHandle::Append(CURLoption option, const std::string& line) {
  curl_slist* longer = curl_slist_append(list_.get(), line.c_str());
  if (longer == nullptr) {
    Note(CURLE_OUT_OF_MEMORY);
    return;
  }
  static_cast<void>(list_.release());  // curl_slist_append returned the same list.
  list_.reset(longer);
  Set(option, list_.get());
}

Result<void> CurlHandle::Perform(std::string_view peer, const std::stop_token& stop) {
  const Result<CURLcode> code = Run(stop);
  if (!code) {
    return Fail(code.error().code, fmt::format("{}: {}", peer, code.error().message));
  }
  if (*code == CURLE_OK || (answer_too_long_ && cuts_long_answer_)) {
    return {};
  }
  if (answer_too_long_) {
    return Fail(ErrorCode::kRefused,
                fmt::format("{}: the answer is longer than {} bytes", peer, max_answer_bytes_));
  }
  return Fail(CodeFor(*code),
              fmt::format("{}: {}", peer,
                          curl_error_[0] != '\0' ? curl_error_ : curl_easy_strerror(*code)));
}

Result<CURLcode> CurlHandle::Run(const std::stop_token& stop) {
  constexpr int kPollMilliseconds = 1000;  // curl waits no longer than until its own next deadline.
  const Multi multi(curl_multi_init());
  if (prepared_ != CURLE_OK || multi == nullptr) {
    return prepared_ != CURLE_OK ? prepared_ : CURLE_OUT_OF_MEMORY;
  }
  const Added added(multi.get(), easy_.get());
  if (added.code() != CURLM_OK) {
    return Fail(ErrorCode::kUnavailable, curl_multi_strerror(added.code()));
  }
  const std::stop_callback wake(stop, [&] { curl_multi_wakeup(multi.get()); });
  int running = 1;
  while (running > 0) {
    if (stop.stop_requested()) {
      return Fail(ErrorCode::kUnavailable, "stopped");
    }
    CURLMcode code = curl_multi_perform(multi.get(), &running);
    if (code == CURLM_OK && running > 0) {
      code = curl_multi_poll(multi.get(), nullptr, 0, kPollMilliseconds, nullptr);
    }
    if (code != CURLM_OK) {
      return Fail(ErrorCode::kUnavailable, curl_multi_strerror(code));
    }
  }
  int left = 0;
  const CURLMsg* message = curl_multi_info_read(multi.get(), &left);
  return message != nullptr && message->msg == CURLMSG_DONE ? message->data.result
                                                            : CURLE_FAILED_INIT;
}

std::size_t CurlHandle::OnAnswer(char* data, std::size_t size, std::size_t count, void* self) {
  auto& handle = *static_cast<CurlHandle*>(self);
  const std::size_t bytes = size * count;
  if (handle.answer_.size() + bytes > handle.max_answer_bytes_) {
    handle.answer_too_long_ = true;
  }
  try {
    handle.answer_.append(data, std::min(bytes, handle.max_answer_bytes_ - handle.answer_.size()));
  } catch (const std::bad_alloc&) {  // The caller is C code, which then ends the transfer.
    return 0;
  }
  return handle.answer_too_long_ ? 0 : bytes;
}

int CurlHandle::status() const {
  long code = 0;
  curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &code);
  return static_cast<int>(code);
}

std::optional<Duration> CurlHandle::retry_after() const {
  curl_off_t seconds = 0;
  curl_easy_getinfo(easy_.get(), CURLINFO_RETRY_AFTER, &seconds);
  return seconds > 0 ? std::optional<Duration>(std::chrono::seconds(seconds)) : std::nullopt;
}

}  // namespace hakem::exporter

#include "tests/support/http/fetch.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <memory>

namespace hakem {
namespace {

constexpr long kRequestLimitSeconds = 10;

std::size_t Append(const char* bytes, std::size_t size, std::size_t count, std::string* body) {
  body->append(bytes, size * count);
  return size * count;
}

}  // namespace

Result<std::string> Fetch(const std::string& url) {
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(),
                                                                 &curl_easy_cleanup);
  std::string body;
  curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT, kRequestLimitSeconds);
  curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_PROXY, "");
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, &Append);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &body);
  const CURLcode code = curl_easy_perform(curl.get());
  if (code != CURLE_OK) {
    return Fail(ErrorCode::kUnavailable, fmt::format("GET {}: {}", url, curl_easy_strerror(code)));
  }
  return body;
}

}  // namespace hakem

#include "exporter/clients/fetch.h"

#include <fmt/format.h>

#include "config/shown_text.h"
#include "exporter/clients/curl_http_client.h"

namespace hakem::exporter {
namespace {

constexpr std::size_t kMaxPageBytes = 64 << 20;

}  // namespace

Result<std::string> Fetch(const std::string& url, Duration timeout) {
  CurlHttpClient client;
  const auto response = client.Send({.method = "GET",
                                     .url = Secret(url),
                                     .headers = {},
                                     .body = {},
                                     .timeout = timeout,
                                     .max_answer_bytes = kMaxPageBytes},
                                    {});
  if (!response) {
    return Fail(response.error());
  }
  if (response->status != 200) {
    return Fail(ErrorCode::kUnavailable, fmt::format("{} answered with status {}",
                                                     config::PublicUrl(url), response->status));
  }
  return response->body;
}

}  // namespace hakem::exporter

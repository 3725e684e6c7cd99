#include "exporter/clients/curl_http_client.h"

#include <gmock/gmock.h>

#include <cstdlib>

#include "tests/support/matchers.h"
#include "tests/support/no_free_descriptor.h"

namespace hakem::exporter {
namespace {

TEST(CurlHttpClient, ReportsThatNoDescriptorIsFree) {
  CurlHttpClient client;
  const alertmanager::HttpRequest request{.method = "GET",
                                          .url = Secret("http://127.0.0.1:1/"),
                                          .headers = {},
                                          .body = {},
                                          .timeout = std::chrono::seconds(5),
                                          .max_answer_bytes = 1000};
  const NoFreeDescriptor none;
  EXPECT_THAT(client.Send(request, {}), HasCode(ErrorCode::kUnavailable));
}

TEST(CurlHttpClient, DoesNotRepeatTheAddressOfAProxyThatItCannotParse) {
  // One address is the beginning of the other.
  setenv("all_proxy", "http://ops", 1);
  setenv("http_proxy", "http://ops:canary@[::1", 1);
  CurlHttpClient client;
  const auto response = client.Send({.method = "GET",
                                     .url = Secret("http://example.invalid/"),
                                     .headers = {},
                                     .body = {},
                                     .timeout = std::chrono::seconds(5),
                                     .max_answer_bytes = 1000},
                                    {});
  unsetenv("http_proxy");
  unsetenv("all_proxy");
  ASSERT_FALSE(response);
  EXPECT_THAT(response.error().message, testing::HasSubstr("'$http_proxy'"));
}

}  // namespace
}  // namespace hakem::exporter

#include "exporter/clients/curl_http_client.h"

#include <gmock/gmock.h>

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

}  // namespace
}  // namespace hakem::exporter

#pragma once

#include <utility>
#include <vector>

#include "alertmanager/notify/http_client.h"

namespace hakem::alertmanager {

/// Gives every request the same response and records the requests. Used by one thread.
class FakeHttpClient final : public HttpClient {
 public:
  Result<HttpResponse> Send(const HttpRequest& request, const std::stop_token&) override {
    requests.push_back(request);
    return answer;
  }

  Result<HttpResponse> answer = HttpResponse{.status = 200, .body = "ok"};
  std::vector<HttpRequest> requests;
};

}  // namespace hakem::alertmanager

#pragma once

#include "alertmanager/notify/http_client.h"

namespace hakem::exporter {

/// HTTP and HTTPS through libcurl; each request has its own connection.
class CurlHttpClient final : public alertmanager::HttpClient {
 public:
  Result<alertmanager::HttpResponse> Send(const alertmanager::HttpRequest& request,
                                          const std::stop_token& stop) override;
};

}  // namespace hakem::exporter

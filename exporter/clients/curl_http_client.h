#pragma once

#include "alertmanager/notify/http_client.h"

namespace hakem::exporter {

/// Sends HTTP and HTTPS requests by libcurl, each on its own connection.
class CurlHttpClient final : public alertmanager::HttpClient {
 public:
  Result<alertmanager::HttpResponse> Send(const alertmanager::HttpRequest& request,
                                          const std::stop_token& stop) override;
};

}  // namespace hakem::exporter

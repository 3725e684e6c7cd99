#include <fmt/format.h>

#include <iostream>

#include "exporter/clients/curl_http_client.h"
#include "exporter/commands/commands.h"
#include "exporter/commands/stop_signals.h"

namespace hakem::exporter {
namespace {

Result<std::string> Get(CurlHttpClient& client, const std::string& url) {
  const auto response = client.Send({.method = "GET",
                                     .url = Secret(url),
                                     .headers = {},
                                     .body = {},
                                     .timeout = std::chrono::seconds(2)},
                                    {});
  if (!response) {
    return Fail(response.error());
  }
  if (response->status != 200) {
    return Fail(ErrorCode::kUnavailable, fmt::format("{}: status {}", url, response->status));
  }
  return response->body;
}

}  // namespace

int Demo(const demo::DemoOptions& options) {
  const StopSignals signals;
  const Log log(LogLevel::kWarn, LogFormat::kLogfmt);
  CurlHttpClient client;
  const auto end =
      demo::RunDemo(options,
                    {.clock = SystemClock(),
                     .fetch = [&client](const std::string& url) { return Get(client, url); },
                     .out = std::cout,
                     .log = log.For("demo"),
                     .program = {}},
                    signals.token());
  if (!end) {
    // Whatever keeps the show from starting is this machine's: nobody else's database is asked.
    Report(end.error());
    return kUsage;
  }
  return *end == demo::DemoEnd::kIncomplete ? kWrong : kFine;
}

}  // namespace hakem::exporter

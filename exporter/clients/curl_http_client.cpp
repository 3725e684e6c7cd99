#include "exporter/clients/curl_http_client.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "exporter/clients/curl_handle.h"

namespace hakem::exporter {
namespace {

/// The host of a URL, which is the only part that may be logged. curl parses it, so that this and
/// curl agree on what is the host.
std::string HostOf(const Secret& url) {
  const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> parsed(curl_url(), &curl_url_cleanup);
  char* host = nullptr;
  if (curl_url_set(parsed.get(), CURLUPART_URL, url.Reveal().c_str(), 0) != CURLUE_OK ||
      curl_url_get(parsed.get(), CURLUPART_HOST, &host, 0) != CURLUE_OK) {
    return "the server";
  }
  std::string text(host);
  curl_free(host);
  return text;
}

/// Hosts that are not reached through a proxy: those in the environment, and this machine itself.
std::string WithoutProxy() {
  std::string hosts = "localhost,127.0.0.0/8,::1";
  for (const char* name : {"no_proxy", "NO_PROXY"}) {
    // Nobody writes to the environment after main has begun.
    const char* value = std::getenv(name);
    if (value != nullptr && *value != '\0') {
      return std::string_view(value) == "*" ? "*" : fmt::format("{},{}", hosts, value);
    }
  }
  return hosts;
}

/// Replaces the addresses of proxies, which may have a password and which curl repeats when it
/// cannot parse them, by the names of their variables.
std::string WithoutProxyAddresses(std::string message) {
  struct Proxy {
    std::string_view variable;
    std::string_view address;
  };

  std::vector<Proxy> proxies;
  for (const char* name : {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}) {
    // Nobody writes to the environment after main has begun.
    const char* value = std::getenv(name);
    if (value != nullptr && *value != '\0') {
      proxies.push_back({name, value});
    }
  }
  // One address may be the beginning of another.
  std::sort(proxies.begin(), proxies.end(), [](const Proxy& left, const Proxy& right) {
    return left.address.size() > right.address.size();
  });
  for (const Proxy& proxy : proxies) {
    const std::string name = fmt::format("${}", proxy.variable);
    for (std::size_t at = message.find(proxy.address); at != message.npos;
         at = message.find(proxy.address, at + name.size())) {
      message.replace(at, proxy.address.size(), name);
    }
  }
  return message;
}

}  // namespace

Result<alertmanager::HttpResponse> CurlHttpClient::Send(const alertmanager::HttpRequest& request,
                                                        const std::stop_token& stop) {
  CurlHandle curl(request.timeout, request.max_answer_bytes);
  curl.Set(CURLOPT_PROTOCOLS_STR, "http,https");
  curl.Set(CURLOPT_NOPROXY, WithoutProxy().c_str());
  if (request.cuts_long_answer) {
    curl.CutLongAnswer();
  }
  curl.Set(CURLOPT_URL, request.url.Reveal().c_str());
  curl.Set(CURLOPT_USERAGENT, "hakem");
  curl.Set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  curl.Set(CURLOPT_COPYPOSTFIELDS, request.body.c_str());
  curl.Set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
  curl.Append(CURLOPT_HTTPHEADER, "Expect:");  // Sends the body at once.
  for (const auto& [name, value] : request.headers) {
    curl.Append(CURLOPT_HTTPHEADER, fmt::format("{}: {}", name, value));
  }
  if (auto done = curl.Perform(HostOf(request.url), stop); !done) {
    return Fail(done.error().code, WithoutProxyAddresses(done.error().message));
  }
  return alertmanager::HttpResponse{
      .status = curl.status(), .body = curl.answer(), .retry_after = curl.retry_after()};
}

}  // namespace hakem::exporter

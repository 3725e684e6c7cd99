#include "web/http/admission.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "format/utf8.h"
#include "web/http/accept_header.h"

namespace hakem::web {
namespace {

/// Prefixes of headers that reverse proxies, load balancers and content delivery networks add to
/// requests. Programs and browsers send none of them.
constexpr std::array<std::string_view, 43> kForwardingHeaders{
    "Forwarded",   "X-Forwarded",  "X-Original-", "X-Real-",    "X-Client-", "X-Cluster-",
    "X-Remote-",   "X-Proxy",      "X-Via",       "X-Host",     "X-Scheme",  "X-Url-Scheme",
    "X-Rewrite-",  "X-Request-Id", "X-Envoy-",    "X-Amz",      "X-Azure-",  "X-Appengine-",
    "X-Cloud-",    "X-Akamai-",    "X-SSL-",      "X-TLS-",     "X-Varnish", "X-Squid",
    "X-BlueCoat-", "X-Sucuri-",    "X-Vercel-",   "X-Nf-",      "Via",       "True-Client-",
    "Client-IP",   "CF-",          "CDN-",        "Fastly-",    "Fly-",      "Akamai-",
    "Incap-",      "WL-Proxy-",    "SSL-Client-", "Front-End-", "Proxy-",    "Max-Forwards",
    "Remote-",
};

/// `localhost:9187` → `localhost`; `[::1]:9187` → `::1`.
std::string_view HostName(std::string_view authority) {
  if (authority.starts_with('[')) {
    return authority.substr(1, std::min(authority.find(']'), authority.size()) - 1);
  }
  return authority.substr(0, authority.find(':'));
}

bool IsLocalName(std::string_view host) {
  return EqualIgnoringCase(host, "localhost") || IsLoopback(host);
}

/// Whether a browser sent the request for a page of another origin. Programs that are not browsers
/// send neither of the headers.
bool IsFromForeignPage(const Request& request) {
  const std::string_view site = request.Header("Sec-Fetch-Site");
  const std::string_view origin = request.Header("Origin");
  const std::string own =
      fmt::format("{}://{}", request.client.encrypted ? "https" : "http", request.Header("Host"));
  return EqualIgnoringCase(site, "cross-site") || EqualIgnoringCase(site, "same-site") ||
         (!origin.empty() && !EqualIgnoringCase(origin, own));
}

/// The name of a header that only proxies add, even if it is empty; "" when there is none.
std::string_view ForwardingHeader(const Request& request) {
  for (const HeaderField& field : request.headers) {
    const auto begins = [&](std::string_view name) {
      return EqualIgnoringCase(std::string_view(field.name).substr(0, name.size()), name);
    };
    if (std::any_of(kForwardingHeaders.begin(), kForwardingHeaders.end(), begins)) {
      return field.name;
    }
  }
  return "";
}

bool HasForeignBody(const Request& request) {
  std::string_view content_type = request.Header("Content-Type");
  return !request.body.empty() &&
         !EqualIgnoringCase(Trim(TakeUntil(content_type, ';')), "application/json");
}

/// Decides by the client alone, without looking at the body.
Admission JudgeSender(const Request& request, AdminPolicy policy) {
  if (policy == AdminPolicy::kOpen) {
    return Admission::kOpen;
  }
  if (IsFromForeignPage(request)) {  // Checked before passwords, which browsers send by themselves.
    return Admission::kForeignOrigin;
  }
  if (request.client.authenticated) {
    return Admission::kAuthenticated;
  }
  if (!IsLoopback(request.client.address)) {
    return Admission::kForeignClient;
  }
  if (!ForwardingHeader(request).empty()) {
    return Admission::kForwarded;
  }
  return IsLocalName(HostName(request.Header("Host"))) ? Admission::kLocal
                                                       : Admission::kForeignHost;
}

}  // namespace

Admission JudgeChange(const Request& request, AdminPolicy policy) {
  const Admission admission = JudgeSender(request, policy);
  return IsGranted(admission) && HasForeignBody(request) ? Admission::kNotJson : admission;
}

bool IsGranted(Admission admission) {
  return admission <= Admission::kLocal;
}

std::string Explain(Admission admission, const Request& request) {
  constexpr std::string_view kWay =
      "name users or client certificates in the file of web.config_file, or set web.admin: open";
  switch (admission) {
    case Admission::kForeignOrigin:
      return fmt::format(
          "changes are not taken from pages of another origin ({}); use the page of "
          "Hakem itself, or set web.admin: open",
          Cut(request.Header("Origin").empty() ? request.Header("Sec-Fetch-Site")
                                               : request.Header("Origin")));
    case Admission::kForeignClient:
      return fmt::format("changes are taken from this machine alone, and {} is another; {}",
                         request.client.address, kWay);
    case Admission::kForwarded:
      return fmt::format(
          "changes are taken from this machine alone, and by its header {} a proxy passed this "
          "on for another; {}",
          Cut(ForwardingHeader(request)), kWay);
    case Admission::kForeignHost:
      return fmt::format(
          "changes are taken for localhost or 127.0.0.1 alone, and this was for "
          "\"{}\"; {}",
          Cut(request.Header("Host")), kWay);
    case Admission::kNotJson:
      return fmt::format("the body must be of type application/json, not \"{}\"",
                         Cut(request.Header("Content-Type")));
    case Admission::kOpen:
    case Admission::kAuthenticated:
    case Admission::kLocal:
      break;
  }
  return "";
}

bool IsLoopback(std::string_view address) {
  constexpr std::string_view kMapped = "::ffff:";
  if (address.starts_with(kMapped)) {
    address.remove_prefix(kMapped.size());
  }
  const bool is_ipv4 = std::count(address.begin(), address.end(), '.') == 3 &&
                       address.find_first_not_of("0123456789.") == address.npos;
  return address == "::1" || (is_ipv4 && address.starts_with("127."));
}

}  // namespace hakem::web

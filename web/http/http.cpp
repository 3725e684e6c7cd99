#include "web/http/http.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "web/http/accept_header.h"

namespace hakem::web {
namespace {

constexpr std::string_view kForm = "application/x-www-form-urlencoded";

constexpr std::pair<int, std::string_view> kReasons[] = {
    {200, "OK"},
    {204, "No Content"},
    {302, "Found"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {408, "Request Timeout"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {417, "Expectation Failed"},
    {422, "Unprocessable Content"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {503, "Service Unavailable"},
    {505, "HTTP Version Not Supported"},
};

/// Decodes an escape as `%41` at the beginning of `text`, if there is one.
std::optional<char> EscapedByte(std::string_view text) {
  unsigned byte = 0;
  if (text.size() < 3 || text[0] != '%') {
    return std::nullopt;
  }
  const char* const end = text.data() + 3;
  const auto parsed = std::from_chars(text.data() + 1, end, byte, 16);
  return parsed.ptr == end ? std::optional(static_cast<char>(byte)) : std::nullopt;
}

std::string DecodeForm(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (const auto byte = EscapedByte(text.substr(i))) {
      decoded += *byte;
      i += 2;
    } else {
      decoded += text[i] == '+' ? ' ' : text[i];
    }
  }
  return decoded;
}

void AppendParameters(std::string_view form, std::string_view name,
                      std::vector<std::string>& values) {
  while (!form.empty()) {
    std::string_view value = TakeUntil(form, '&');
    if (DecodeForm(TakeUntil(value, '=')) == name) {
      values.push_back(DecodeForm(value));
    }
  }
}

Response Make(int status, std::string_view content_type, std::string body) {
  return {status,
          {{"Content-Type", std::string(content_type)}},
          std::make_shared<const std::string>(std::move(body))};
}

}  // namespace

std::string_view Request::Header(std::string_view name) const {
  const auto found = std::find_if(headers.begin(), headers.end(), [&](const HeaderField& field) {
    return EqualIgnoringCase(field.name, name);
  });
  return found == headers.end() ? std::string_view() : std::string_view(found->value);
}

std::vector<std::string> Request::Parameters(std::string_view name) const {
  std::vector<std::string> values;
  std::string_view content_type = Header("Content-Type");
  const bool may_have_form = method == "POST" || method == "PUT" || method == "PATCH";
  if (may_have_form && EqualIgnoringCase(Trim(TakeUntil(content_type, ';')), kForm)) {
    AppendParameters(body, name, values);
  }
  AppendParameters(query, name, values);
  return values;
}

std::string_view ReasonPhrase(int status) {
  for (const auto& [code, reason] : kReasons) {
    if (code == status) {
      return reason;
    }
  }
  return "Unknown";
}

Response TextResponse(int status, std::string_view text) {
  return Make(status, "text/plain; charset=utf-8", std::string(text) + '\n');
}

Response HtmlResponse(std::string html) {
  Response response = Make(200, "text/html; charset=utf-8", std::move(html));
  response.headers.push_back(
      {"Content-Security-Policy",
       "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; "
       "form-action 'none'; frame-ancestors 'none'"});
  response.headers.push_back({"Referrer-Policy", "no-referrer"});
  response.headers.push_back({"Cache-Control", "no-store"});
  return response;
}

Response RedirectResponse(std::string location) {
  Response response = TextResponse(302, location);
  response.headers.push_back({"Location", std::move(location)});
  return response;
}

Response JsonResponse(int status, std::string json) {
  return Make(status, "application/json", std::move(json));
}

bool AcceptsGzip(std::string_view accept_encoding) {
  std::optional<bool> named;
  bool any = false;
  for (const WeightedItem& coding : ParseAcceptHeader(accept_encoding)) {
    if (EqualIgnoringCase(coding.name, "gzip")) {
      named = coding.weight > 0;
    } else if (coding.name == "*") {
      any = coding.weight > 0;
    }
  }
  return named.value_or(any);
}

}  // namespace hakem::web

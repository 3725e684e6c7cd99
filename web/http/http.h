#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace hakem::web {

struct HeaderField {
  std::string name;
  std::string value;

  bool operator==(const HeaderField&) const = default;
};

/// The client of a request, as the server sees it.
struct Client {
  std::string address = {};    ///< `127.0.0.1`, `::1`; "" if it did not come by a server.
  bool encrypted = false;      ///< By TLS.
  bool authenticated = false;  ///< By a password or a certificate, as web.yml requires.

  bool operator==(const Client&) const = default;
};

/// An HTTP request, without the connection by which it came.
struct Request {
  std::string method = {};  ///< As sent: "GET".
  std::string path = {};    ///< Decoded: "/api/v1/rules"; or `*` with OPTIONS.
  std::string query = {};   ///< As sent, without the '?'.
  std::vector<HeaderField> headers = {};
  std::string body = {};
  Client client = {};
  /// Returns whether the client has hung up, so that long work can be cancelled. Called by the
  /// handler's thread while it answers. Empty in a request that did not come by a server.
  std::function<bool()> client_gone = {};

  /// The value of a header; "" when it was not sent. Ignores the case of names.
  std::string_view Header(std::string_view name) const;

  /// All values of a parameter, decoded: first those of a form in the body, then those of the
  /// query, as in Go.
  std::vector<std::string> Parameters(std::string_view name) const;
};

/// An HTTP response. The body is shared, so that a cached page is not copied for each client, and
/// it may have several parts.
struct Response {
  int status = 200;
  std::vector<HeaderField> headers = {};  ///< Without Content-Length, Date and Connection.
  std::shared_ptr<const std::string> body = std::make_shared<const std::string>();
  std::vector<std::shared_ptr<const std::string>> more = {};  ///< Sent after `body`, in this order.
};

/// Answers requests. Called from many threads at once.
using Handler = std::function<Response(const Request&)>;

/// The reason phrase of a status, as "Not Found"; "Unknown" for a status that Hakem never sends.
std::string_view ReasonPhrase(int status);

/// Plain text. Adds a final newline.
Response TextResponse(int status, std::string_view text);

/// An HTML page. Its Content-Security-Policy allows only style sheets of Hakem and inline images;
/// no scripts and no frames.
Response HtmlResponse(std::string html);

/// A redirect of status 302 to `location`, a path of Hakem.
Response RedirectResponse(std::string location);

/// Requires: `json` is a JSON document.
Response JsonResponse(int status, std::string json);

/// Whether an Accept-Encoding header allows gzip: by its name or by `*`, and with a weight above 0.
bool AcceptsGzip(std::string_view accept_encoding);

}  // namespace hakem::web

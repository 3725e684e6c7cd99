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

/// Who asks, as the server saw it.
struct Client {
  std::string address = {};    ///< `127.0.0.1`, `::1`; "" in a request that no server read.
  bool encrypted = false;      ///< By TLS.
  bool authenticated = false;  ///< By a password or a verified certificate, as web.yml asks for it.

  bool operator==(const Client&) const = default;
};

/// What a client asked for: a value, without the connection it came over.
struct Request {
  std::string method = {};  ///< As sent: "GET".
  std::string path = {};    ///< Decoded, begins with '/': "/api/v1/rules"; or `*` with OPTIONS.
  std::string query = {};   ///< As sent, without the '?'.
  std::vector<HeaderField> headers = {};
  std::string body = {};
  Client client = {};
  /// Whether the client has hung up meanwhile, so that what takes long can be given up. Asked by
  /// the handler's thread, while it answers; empty in a request that no server read.
  std::function<bool()> client_gone = {};

  /// The header's value, "" when it was not sent. Names are compared without regard to case.
  std::string_view Header(std::string_view name) const;

  /// Every value of a parameter, decoded: those of a form body, then those of the query. So the
  /// first is the body's, as in Go. Empty when there is none.
  std::vector<std::string> Parameters(std::string_view name) const;
};

/// What is answered. The body is shared, so that a cached page is not copied for each client; it
/// may be in pieces.
struct Response {
  int status = 200;
  std::vector<HeaderField> headers = {};  ///< Without Content-Length, Date and Connection.
  std::shared_ptr<const std::string> body = std::make_shared<const std::string>();
  std::vector<std::shared_ptr<const std::string>> more = {};  ///< Sent after `body`, in this order.
};

/// Answers requests; called from many threads at once.
using Handler = std::function<Response(const Request&)>;

/// "Not Found"; "Unknown" for a status that Hakem never sends.
std::string_view ReasonPhrase(int status);

/// A line or more of plain text; a final newline is added.
Response TextResponse(int status, std::string_view text);

/// A page that may load style sheets of Hakem itself and nothing else: no script, no frame.
Response HtmlResponse(std::string html);

/// 302: what was asked for stands at `location`, a path of Hakem.
Response RedirectResponse(std::string location);

/// Requires: `json` is a JSON document.
Response JsonResponse(int status, std::string json);

/// Whether an Accept-Encoding header lets the answer be compressed by gzip: named, or covered by
/// `*`, and not with a weight of 0.
bool AcceptsGzip(std::string_view accept_encoding);

}  // namespace hakem::web

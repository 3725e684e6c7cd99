#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "model/result.h"

namespace hakem {

/// A response, split at the empty line.
struct HttpReply {
  int status = 0;
  std::string head;  ///< The status line and the headers.
  std::string body;

  /// The value of a header, "" if it was not sent.
  std::string Header(std::string_view name) const;
};

/// One TCP connection to a server on 127.0.0.1, for tests: blocking, with a limit of 5 s a read.
class HttpConnection {
 public:
  explicit HttpConnection(std::uint16_t port);
  ~HttpConnection();
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;

  /// Sends a request as it stands and reads one reply, by its Content-Length when `has_body`.
  /// Errors: kUnavailable: the server closed or did not answer.
  Result<HttpReply> Exchange(std::string_view request, bool has_body = true);

  /// Sends without reading.
  void Send(std::string_view bytes);

  /// Closes the sending side; responses can still be read.
  void EndSending();

  /// Everything that arrives until the server closes its side or the limit passes.
  std::string ReadToEnd();

  /// Whether the server has closed its side, waiting for it up to the limit.
  bool AwaitClose();

 private:
  const int fd_;
};

/// Sends a GET on a new connection. `headers`: complete lines, each with its \r\n.
Result<HttpReply> HttpGet(std::uint16_t port, std::string_view path, std::string_view headers = "");

/// The text of a request, with a Content-Length if it has a body.
std::string HttpRequestText(std::string_view method, std::string_view path,
                            std::string_view headers = "", std::string_view body = "");

}  // namespace hakem

#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "model/clock.h"
#include "model/instruments.h"
#include "model/log.h"
#include "model/result.h"
#include "web/access/access_control.h"
#include "web/access/web_config_file.h"
#include "web/http/listen_address.h"
#include "web/server/server.h"

namespace hakem::exporter {

struct HttpListenerOptions {
  web::ListenAddress address;
  std::string web_config_file;  ///< Empty: plain HTTP for everyone.
  std::size_t buffer_bytes =
      0;  ///< Of requests and answers of all clients; 0: the server's default.
};

struct HttpListenerDeps {
  const Clock& clock;
  Instruments& instruments;
  Logger log;
};

/// The port that Hakem listens on: the server, and before it what a web.yml asks of clients.
class HttpListener {
 public:
  /// Begins to listen. `handler` and `deps` outlive it. Errors: kInvalidInput: the web.yml cannot
  /// be read or is wrong, or the address is busy or not this machine's.
  static Result<std::unique_ptr<HttpListener>> Open(const HttpListenerOptions& options,
                                                    web::Handler handler,
                                                    const HttpListenerDeps& deps);

  const web::Server& server() const { return *server_; }

 private:
  HttpListener() = default;

  std::unique_ptr<web::WebConfigFile> file_;  // Null without a web.yml, as the next.
  std::unique_ptr<web::AccessControl> access_;
  std::unique_ptr<web::Server> server_;
};

/// `https` when the web.yml at `path` has TLS, else `http`; also for an empty path.
/// Errors: kInvalidInput: it cannot be read or is wrong.
Result<std::string> UrlScheme(const std::string& path);

}  // namespace hakem::exporter

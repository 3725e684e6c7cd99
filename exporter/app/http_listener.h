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
  std::string web_config_file;  ///< Empty: plain HTTP, without access control.
  /// For requests and responses of all clients together; 0: the default of the server.
  std::size_t buffer_bytes = 0;
  web::AtOnceTest answers_at_once = {};  ///< See web::ServerOptions.
};

struct HttpListenerDeps {
  const Clock& clock;
  Instruments& instruments;
  Logger log;
};

/// The HTTP server, with the access control of its web.yml.
class HttpListener {
 public:
  /// Starts to listen, and raises the process's limit on open files. `handler` and `deps` outlive
  /// it. Errors: kInvalidInput: the web.yml cannot be read or is wrong, or the address is busy or
  /// not this machine's.
  static Result<std::unique_ptr<HttpListener>> Open(const HttpListenerOptions& options,
                                                    web::Handler handler,
                                                    const HttpListenerDeps& deps);

  const web::Server& server() const { return *server_; }

 private:
  HttpListener() = default;

  std::unique_ptr<web::WebConfigFile> file_;  // Null without a web.yml, like access_.
  std::unique_ptr<web::AccessControl> access_;
  std::unique_ptr<web::Server> server_;
};

/// `https` if the web.yml at `path` has TLS, else `http`, also for an empty path.
/// Errors: kInvalidInput: it cannot be read or is wrong.
Result<std::string> UrlScheme(const std::string& path);

}  // namespace hakem::exporter

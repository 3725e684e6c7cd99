#include "exporter/port.h"

#include <utility>

#include "model/read_file.h"
#include "web/access/web_config.h"

namespace hakem::exporter {

Result<std::unique_ptr<Port>> Port::Open(const PortOptions& options, web::Handler handler,
                                         const PortDeps& deps) {
  std::unique_ptr<Port> port(new Port());
  web::TlsSource tls;
  if (!options.web_config_file.empty()) {
    auto file = web::WebConfigFile::Open(
        options.web_config_file,
        {.clock = deps.clock, .instruments = deps.instruments, .log = deps.log});
    if (!file) {
      return Fail(file.error());
    }
    port->file_ = *std::move(file);
    port->access_ = std::make_unique<web::AccessControl>(*port->file_, deps.clock, deps.instruments,
                                                         std::move(handler));
    handler = [&access = *port->access_](const web::Request& request) {
      return access.Answer(request);
    };
    if (port->file_->Current()->tls != nullptr) {
      tls = [&config = *port->file_] { return config.Current()->tls; };
    }
  }
  auto server = web::Server::Start({.address = options.address, .tls = std::move(tls)},
                                   std::move(handler), deps.log);
  if (!server) {
    return Fail(server.error());
  }
  port->server_ = *std::move(server);
  return port;
}

Result<std::string> UrlScheme(const std::string& path) {
  if (path.empty()) {
    return "http";
  }
  return ReadFile(path)
      .and_then([&](const std::string& text) { return web::ParseWebConfig(text, path); })
      .transform([](const web::WebConfig& config) -> std::string {
        return config.tls ? "https" : "http";
      });
}

}  // namespace hakem::exporter

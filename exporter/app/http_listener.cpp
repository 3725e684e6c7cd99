#include "exporter/app/http_listener.h"

#include <utility>

#include "model/read_file.h"
#include "process/descriptor_limit.h"
#include "web/access/web_config.h"

namespace hakem::exporter {

Result<std::unique_ptr<HttpListener>> HttpListener::Open(const HttpListenerOptions& options,
                                                         web::Handler handler,
                                                         const HttpListenerDeps& deps) {
  process::RaiseDescriptorLimit();  // Each connection of a client needs one.
  std::unique_ptr<HttpListener> listener(new HttpListener());
  web::ServerOptions server_options{.address = options.address,
                                    .instruments = &deps.instruments,
                                    .answers_at_once = options.answers_at_once};
  if (options.buffer_bytes != 0) {
    server_options.buffer_bytes = options.buffer_bytes;
  }
  if (!options.web_config_file.empty()) {
    auto file = web::WebConfigFile::Open(
        options.web_config_file,
        {.clock = deps.clock, .instruments = deps.instruments, .log = deps.log});
    if (!file) {
      return Fail(file.error());
    }
    listener->file_ = *std::move(file);
    listener->access_ =
        std::make_unique<web::AccessControl>(*listener->file_, deps.clock, deps.instruments);
    server_options.authorizer = listener->access_.get();
    if (listener->file_->InForce()->tls != nullptr) {
      server_options.tls = [&config = *listener->file_] { return config.InForce()->tls; };
    }
  }
  auto server = web::Server::Start(server_options, std::move(handler), deps.log);
  if (!server) {
    return Fail(server.error());
  }
  listener->server_ = *std::move(server);
  return listener;
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

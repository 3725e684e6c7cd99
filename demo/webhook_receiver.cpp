#include "demo/webhook_receiver.h"

#include <utility>

namespace hakem::demo {
namespace {

constexpr std::string_view kPath = "/services/demo";

}  // namespace

Result<std::unique_ptr<WebhookReceiver>> WebhookReceiver::Start(const Logger& log) {
  std::unique_ptr<WebhookReceiver> receiver(new WebhookReceiver);
  auto server = web::Server::Start(
      {.address = {"127.0.0.1", 0}},
      [&receiver = *receiver](const web::Request& request) { return receiver.Receive(request); },
      log);
  if (!server) {
    return Fail(server.error());
  }
  receiver->server_ = *std::move(server);
  return receiver;
}

std::string WebhookReceiver::url() const {
  return server_->url().append(kPath);
}

std::vector<std::string> WebhookReceiver::Take() {
  const MutexLock lock(mutex_);
  return std::exchange(bodies_, {});
}

web::Response WebhookReceiver::Receive(const web::Request& request) {
  if (request.path != kPath) {
    return web::TextResponse(404, "no_service");
  }
  if (request.method != "POST") {
    return web::TextResponse(405, "post a message");
  }
  const MutexLock lock(mutex_);
  bodies_.push_back(request.body);
  return web::TextResponse(200, "ok");
}

}  // namespace hakem::demo

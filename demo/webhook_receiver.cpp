#include "demo/webhook_receiver.h"

#include <fmt/format.h>

#include <random>
#include <utility>

namespace hakem::demo {
namespace {

/// How many messages are stored until they are taken; further ones are refused.
constexpr std::size_t kMostBodies = 1000;

/// Returns an unpredictable path, like Slack's, with 128 random bits of the kernel.
std::string SecretPath() {
  std::random_device random;
  std::string path = "/services/";
  for (int word = 0; word < 4; ++word) {
    path += fmt::format("{:08x}", random());
  }
  return path;
}

}  // namespace

WebhookReceiver::WebhookReceiver() : path_(SecretPath()) {}

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
  return server_->url().append(path_);
}

std::vector<std::string> WebhookReceiver::Take() {
  const MutexLock lock(mutex_);
  return std::exchange(bodies_, {});
}

web::Response WebhookReceiver::Receive(const web::Request& request) {
  if (request.path != path_) {
    return web::TextResponse(404, "no_service");
  }
  if (request.method != "POST") {
    return web::TextResponse(405, "post a message");
  }
  const MutexLock lock(mutex_);
  if (bodies_.size() >= kMostBodies) {
    return web::TextResponse(503, "too many messages wait");
  }
  bodies_.push_back(request.body);
  return web::TextResponse(200, "ok");
}

}  // namespace hakem::demo

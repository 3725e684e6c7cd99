#include "tests/support/alerting/webhook_receiver.h"

#include <utility>

#include "model/check.h"

namespace hakem {

WebhookReceiver::WebhookReceiver() {
  auto server = web::Server::Start(
      {.address = {.host = "127.0.0.1", .port = 0}},
      [this](const web::Request& request) { return OnRequest(request); }, Log::Silent().For("web"));
  HAKEM_CHECK(server.has_value());
  server_ = *std::move(server);
}

WebhookReceiver::~WebhookReceiver() {
  {
    const std::lock_guard lock(mutex_);
    hangs_ = false;
    changed_.notify_all();
  }
  server_->Stop();
}

void WebhookReceiver::Answer(web::Response response) {
  const std::lock_guard lock(mutex_);
  answers_.push_back(std::move(response));
}

void WebhookReceiver::Hang() {
  const std::lock_guard lock(mutex_);
  hangs_ = true;
}

std::vector<web::Request> WebhookReceiver::AwaitRequests(std::size_t count) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, std::chrono::seconds(20), [&] { return requests_.size() >= count; });
  return requests_;
}

web::Response WebhookReceiver::OnRequest(const web::Request& request) {
  std::unique_lock lock(mutex_);
  requests_.push_back(request);
  changed_.notify_all();
  changed_.wait(lock, [&] { return !hangs_; });
  if (answers_.empty()) {
    return {.body = std::make_shared<const std::string>("ok")};
  }
  web::Response response = std::move(answers_.front());
  answers_.pop_front();
  return response;
}

}  // namespace hakem

#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "web/server/server.h"

namespace hakem {

/// A webhook's server on a free port of 127.0.0.1, for tests. Answers `ok` when it was not told
/// otherwise. Thread-safe.
class WebhookReceiver {
 public:
  WebhookReceiver();
  ~WebhookReceiver();
  WebhookReceiver(const WebhookReceiver&) = delete;
  WebhookReceiver& operator=(const WebhookReceiver&) = delete;

  /// What the next request is answered; in the order of the calls.
  void Answer(web::Response response);

  /// From now on requests are taken and not answered.
  void Hang();

  /// `http://127.0.0.1:45678`
  std::string url() const { return server_->url(); }

  /// All requests so far, once there were that many; fewer after 20 s.
  std::vector<web::Request> AwaitRequests(std::size_t count);

 private:
  web::Response OnRequest(const web::Request& request);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<web::Response> answers_;
  std::vector<web::Request> requests_;
  bool hangs_ = false;
  std::unique_ptr<web::Server> server_;
};

}  // namespace hakem

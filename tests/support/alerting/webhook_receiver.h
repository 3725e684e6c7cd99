#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "web/server/server.h"

namespace hakem {

/// A webhook server on a free port of 127.0.0.1, for tests. Responds `ok` unless another response
/// is set. Thread-safe.
class WebhookReceiver {
 public:
  WebhookReceiver();
  ~WebhookReceiver();
  WebhookReceiver(const WebhookReceiver&) = delete;
  WebhookReceiver& operator=(const WebhookReceiver&) = delete;

  /// Sets the response to one of the next requests, in the order of the calls.
  void Answer(web::Response response);

  /// From now on requests are accepted but not answered.
  void Hang();

  /// `http://127.0.0.1:45678`
  std::string url() const { return server_->url(); }

  /// Waits for that many requests and returns all so far; after 20 s it returns fewer.
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

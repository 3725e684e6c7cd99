#pragma once

#include <memory>
#include <string>
#include <vector>

#include "model/log.h"
#include "model/mutex.h"
#include "model/result.h"
#include "web/server/server.h"

namespace hakem::demo {

/// An incoming webhook on a free port of 127.0.0.1. It stores what is posted to it and responds
/// with `ok`, as Slack does. Its path is unpredictable, so that other users of the machine cannot
/// post to it. Thread-safe.
class WebhookReceiver {
 public:
  /// Starts the server. Errors: those of web::Server::Start.
  static Result<std::unique_ptr<WebhookReceiver>> Start(const Logger& log);

  /// The address to post to.
  std::string url() const;

  /// Returns the bodies that were posted since the last call, oldest first.
  std::vector<std::string> Take();

 private:
  WebhookReceiver();

  web::Response Receive(const web::Request& request);

  const std::string path_;
  Mutex mutex_;
  std::vector<std::string> bodies_ GUARDED_BY(mutex_);
  std::unique_ptr<web::Server> server_;  // Last, because its threads use the members above.
};

}  // namespace hakem::demo

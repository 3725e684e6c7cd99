#pragma once

#include <memory>
#include <string>
#include <vector>

#include "model/log.h"
#include "model/mutex.h"
#include "model/result.h"
#include "web/server/server.h"

namespace hakem::demo {

/// A chat's incoming webhook on a free port of 127.0.0.1: takes what is posted to it and answers
/// `ok`, as Slack does. Its path is a secret, so that other users of the machine cannot post to it.
/// Thread-safe.
class WebhookReceiver {
 public:
  static Result<std::unique_ptr<WebhookReceiver>> Start(const Logger& log);

  /// Where to post.
  std::string url() const;

  /// The bodies that have come since the last call, oldest first.
  std::vector<std::string> Take();

 private:
  WebhookReceiver();

  web::Response Receive(const web::Request& request);

  const std::string path_;
  Mutex mutex_;
  std::vector<std::string> bodies_ GUARDED_BY(mutex_);
  std::unique_ptr<web::Server> server_;  // The last: its threads use what stands above.
};

}  // namespace hakem::demo

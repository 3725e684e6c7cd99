#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "web/gateway/channel.h"
#include "web/http/http.h"

namespace hakem::web {

/// The status line and header fields of a response, with the empty line at the end.
std::string FormatHead(const Response& response, bool keep_alive);

/// A response that is being sent to a client. Shares large bodies. Copies small ones, so that they
/// leave in one packet with the head.
class OutgoingResponse {
 public:
  OutgoingResponse() = default;
  OutgoingResponse(Response response, bool with_body, bool keep_alive);

  /// Sends at most about `most` more bytes. After kDone, is_sent() says whether that was all.
  Progress Write(Channel& channel, std::size_t most);

  bool is_sent() const { return next_ == parts_.size(); }

  std::size_t sent_bytes() const { return sent_bytes_; }

  std::size_t head_bytes() const { return head_.size(); }

  const std::vector<std::shared_ptr<const std::string>>& bodies() const { return bodies_; }

 private:
  void Skip(std::size_t count);

  std::string head_;
  std::vector<std::shared_ptr<const std::string>> bodies_;
  std::vector<std::string_view>
      parts_;  // Views of head_ and bodies_. Moving the object does not move bodies.
  std::size_t next_ = 0;
  std::size_t sent_bytes_ = 0;
};

}  // namespace hakem::web

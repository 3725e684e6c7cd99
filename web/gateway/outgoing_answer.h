#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "web/gateway/channel.h"
#include "web/http/http.h"

namespace hakem::web {

/// Status line and header fields of an answer, with the empty line.
std::string FormatHead(const Response& response, bool keep_alive);

/// An answer on its way to a client. Bodies are shared, never copied, but for small ones, which
/// leave in one packet with the head.
class OutgoingAnswer {
 public:
  OutgoingAnswer() = default;
  OutgoingAnswer(Response response, bool with_body, bool keep_alive);

  /// Sends on, at most about `most` bytes. kDone: some was sent; see is_sent().
  Progress Write(Channel& channel, std::size_t most);

  bool is_sent() const { return next_ == parts_.size(); }

  std::size_t sent_bytes() const { return sent_bytes_; }

  std::size_t head_bytes() const { return head_.size(); }

  const std::vector<std::shared_ptr<const std::string>>& bodies() const { return bodies_; }

 private:
  void Skip(std::size_t count);

  std::string head_;
  std::vector<std::shared_ptr<const std::string>> bodies_;
  std::vector<std::string_view> parts_;  // Into the others; moving keeps a body where it is.
  std::size_t next_ = 0;
  std::size_t sent_bytes_ = 0;
};

}  // namespace hakem::web

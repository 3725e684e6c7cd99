#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "model/time.h"
#include "web/http/http.h"

namespace hakem::web {

/// Where requests and their answers pass between the gateway's thread and the HTTP workers, one
/// slot a worker. The bytes that pass between their sockets only say which slot is meant, and that
/// it was answered; a slot that the gateway has filled belongs to the worker until then.
class Exchange {
 public:
  struct Slot {
    Request request;
    Response response;
    bool failed = false;  ///< There was no memory for an answer.
    SteadyTime begun;
    std::atomic<bool> client_ended{false};    ///< It sends no more; it may still read.
    std::atomic<bool> client_hung_up{false};  ///< The connection is broken.
    std::atomic<bool> is_asked{false};        ///< Filled, and not answered.
  };

  /// What a worker writes once a slot was answered.
  static constexpr std::string_view kSignal = "HTTP/1.1 204 No Content\r\n\r\n";

  explicit Exchange(std::size_t slots);

  std::size_t size() const { return slots_.size(); }

  Slot& slot(std::size_t index) { return *slots_[index]; }

  /// What is sent to a worker: a request that nobody else can write, for it has a secret of this
  /// process. Asks for the slot, or for nothing when it is not filled.
  std::string Summons(std::size_t index) const;

  /// Called by a worker with the path of what it was sent: answers the slot, if it is filled. False
  /// when the path has not the secret. Never throws.
  bool Answer(std::string_view path, const Handler& handler) noexcept;

 private:
  static void Answer(Slot& slot, const Handler& handler);

  const std::string secret_;
  std::vector<std::unique_ptr<Slot>> slots_;
};

}  // namespace hakem::web

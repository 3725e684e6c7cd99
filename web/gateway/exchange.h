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

/// Passes requests and responses between the gateway's thread and the HTTP workers. Each worker has
/// a slot. The bytes on the sockets between them only say which slot is meant and that it was
/// answered. While `is_asked` is set a slot belongs to its worker, else to the gateway; the other
/// atomic flags may be set at any time.
class Exchange {
 public:
  struct Slot {
    Request request;
    Response response;
    bool failed = false;  ///< The handler threw, as when memory ran out: there is no response.
    SteadyTime begun;     ///< When the worker got the request.
    std::atomic<bool> client_ended{false};    ///< The client sends no more; it may still read.
    std::atomic<bool> client_hung_up{false};  ///< The connection to the client is closed.
    std::atomic<bool> is_asked{false};        ///< There is a request that was not answered yet.
  };

  /// What a worker writes to its socket after it has answered its slot.
  static constexpr std::string_view kSignal = "HTTP/1.1 204 No Content\r\n\r\n";

  explicit Exchange(std::size_t slots);

  std::size_t size() const { return slots_.size(); }

  Slot& slot(std::size_t index) { return *slots_[index]; }

  /// The HTTP request that makes a worker answer a slot. Nobody else can write it, because it has a
  /// secret of this process. It may be sent for a slot without a request, as a keep-alive.
  std::string WakeRequest(std::size_t index) const;

  /// Called by a worker with the path of the HTTP request that it got. Answers the slot if that has
  /// a request. Returns false when the path does not have the secret. Never throws.
  bool Answer(std::string_view path, const Handler& handler) noexcept;

 private:
  static void Answer(Slot& slot, const Handler& handler);

  const std::string secret_;
  std::vector<std::unique_ptr<Slot>> slots_;
};

}  // namespace hakem::web

#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <thread>

namespace hakem {

/// Forwards TCP connections from a free port of 127.0.0.1 to another port. After it stops
/// forwarding, it still accepts and keeps connections, but sends nothing, like a network that drops
/// packets.
class TcpProxy {
 public:
  /// Rewrites the first bytes that a client sends.
  using Rewrite = std::function<std::string(std::string)>;

  explicit TcpProxy(int target_port, Rewrite rewrite = {});
  TcpProxy(const TcpProxy&) = delete;
  TcpProxy& operator=(const TcpProxy&) = delete;
  ~TcpProxy();

  int port() const { return port_; }

  void StopForwarding() { forwarding_ = false; }

 private:
  void Run(const std::stop_token& stop);

  const int target_port_;
  const Rewrite rewrite_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<bool> forwarding_ = true;
  std::jthread thread_;
};

}  // namespace hakem

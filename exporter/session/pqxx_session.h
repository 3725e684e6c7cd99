#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "exporter/config/conninfo.h"
#include "exporter/session/password.h"
#include "exporter/session/session_factory.h"
#include "exporter/session/watchdog.h"
#include "model/clock.h"

namespace hakem::exporter {

/// Connects by libpqxx. Every limit stands in the connection string, so that no way of reconnecting
/// could lose it; nothing reconnects by itself: a session whose connection is lost answers
/// kUnavailable. Thread-safe; its sessions do not outlive it.
class PqxxSessionFactory final : public SessionFactory {
 public:
  /// The password of `password_file`, when not empty, or of `password_command` stands for that of
  /// `conninfo`: see PasswordSource.
  PqxxSessionFactory(Conninfo conninfo, std::string password_file, const Clock& clock,
                     std::string password_command = {});

  ConnectResult ConnectTo(const std::string& database, const SessionLimits& limits,
                          std::stop_token stop) override;

 private:
  const Conninfo conninfo_;
  const PasswordSource password_;
  const Clock& clock_;
  std::atomic<std::uint64_t> connections_ = 0;
  Watchdog watchdog_;
};

/// The connection string's parameters with those that every session of ours has: who we are,
/// read-only, and each limit. The user's own `options` are kept, ours win.
Conninfo WithLimits(Conninfo conninfo, const SessionLimits& limits);

}  // namespace hakem::exporter

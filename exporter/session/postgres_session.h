#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

#include "config/target/conninfo.h"
#include "exporter/session/password.h"
#include "exporter/session/session_factory.h"
#include "exporter/session/watchdog.h"
#include "model/clock.h"
#include "model/log.h"

namespace hakem::exporter {

/// Connects by libpq. Everything that a session asks for is pinned by the server's own statements
/// in each round, so that no way of reconnecting could lose it; nothing reconnects by itself: a
/// session whose connection is lost answers kUnavailable. Thread-safe; its sessions do not outlive
/// it.
class PostgresSessionFactory final : public SessionFactory {
 public:
  /// The password of `password_file`, when not empty, or of `password_command` stands for that of
  /// `conninfo`: see PasswordSource. `log`: what is found in a session that was not asked for, and
  /// the server's notices.
  PostgresSessionFactory(Conninfo conninfo, std::string password_file, const Clock& clock,
                         std::string password_command = {},
                         Logger log = Log::Silent().For("session"));

  ConnectResult ConnectTo(const std::string& database, const SessionLimits& limits,
                          std::stop_token stop) override;

 private:
  const Conninfo conninfo_;
  const PasswordSource password_;
  const Clock& clock_;
  const Logger log_;
  std::atomic<std::uint64_t> connections_ = 0;
  Watchdog watchdog_;
};

/// The connection string's parameters with those that every session of ours has: who we are, how
/// long the network may be silent, and a setting that shows whether the server has received
/// `options`. The user's own `options`, or PGOPTIONS where there are none, are kept.
Conninfo WithLimits(Conninfo conninfo, const SessionLimits& limits);

/// Whether command-line options for the server set the role: `-c role=x`, `--role=x`.
bool AsksForRole(std::string_view options);

}  // namespace hakem::exporter

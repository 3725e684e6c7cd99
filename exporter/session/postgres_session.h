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

/// Connects by libpq. In each round, statements pin all settings of the session
/// (pinned_settings.h). Sessions do not reconnect: once the connection is lost, they return
/// kUnavailable. Thread-safe. Its sessions do not outlive it.
class PostgresSessionFactory final : public SessionFactory {
 public:
  /// If `password_file` or `password_command` is not empty, the password comes from there and not
  /// from `conninfo`: see PasswordSource. Logs settings that were changed in a session, and the
  /// server's notices, to `log`.
  PostgresSessionFactory(config::Conninfo conninfo, std::string password_file, const Clock& clock,
                         std::string password_command = {},
                         Logger log = Log::Silent().For("session"));

  ConnectResult ConnectTo(const std::string& database, const SessionLimits& limits,
                          std::stop_token stop) override;

 private:
  const config::Conninfo conninfo_;
  const PasswordSource password_;
  const Clock& clock_;
  const Logger log_;
  std::atomic<std::uint64_t> connections_ = 0;
  Watchdog watchdog_;
};

/// Adds the parameters of every session of ours to a connection string: the application name, TCP
/// timeouts, and a setting that shows whether the server received `options`. The user's own
/// `options`, or else PGOPTIONS, are kept.
config::Conninfo WithLimits(config::Conninfo conninfo, const SessionLimits& limits);

/// Whether command-line options for the server set the role: `-c role=x`, `--role=x`.
bool AsksForRole(std::string_view options);

}  // namespace hakem::exporter

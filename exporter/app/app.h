#pragma once

#include <functional>
#include <memory>

#include "config/config.h"
#include "model/log.h"
#include "model/result.h"

namespace hakem::exporter {

/// A running Hakem: the parts of `hakem serve`, and the order in which they start and stop.
class App {
 public:
  /// Loads the configuration; called at the start and at each reload.
  using LoadConfig = std::function<Result<config::Config>()>;

  /// Listens and starts to collect; does not wait for the database. `log` outlives the result.
  /// Errors: kInvalidInput: a rule file, a receiver or the listen address is wrong, the port is
  /// busy, or the named state directory cannot be used.
  static Result<std::unique_ptr<App>> Start(LoadConfig load, const Log& log);

  /// Loads the configuration again and applies it if all of it is valid: rules, thresholds, the
  /// target, what is collected from it, and `/probe`. What did not change is not restarted.
  /// Thread-safe; calls wait for each other.
  /// Errors: as Start; the old configuration stays in force, which the log and a metric report.
  /// kUnavailable: Hakem is stopping.
  Result<void> Reload();

  /// Stops everything.
  ~App();

  App(const App&) = delete;
  App& operator=(const App&) = delete;

 private:
  struct Parts;
  explicit App(std::unique_ptr<Parts> parts);

  const std::unique_ptr<Parts> parts_;
};

}  // namespace hakem::exporter

#pragma once

#include <functional>
#include <memory>

#include "config/config.h"
#include "model/log.h"
#include "model/result.h"

namespace hakem::exporter {

/// A running Hakem: all that `hakem serve` is made of, wired together.
class App {
 public:
  /// Where a configuration comes from; called again at each Reload.
  using LoadConfig = std::function<Result<Config>()>;

  /// Listens and starts to collect; does not wait for the database. `log` outlives it.
  /// Errors: kInvalidInput: a rule file, a receiver or the listen address is wrong, the port busy,
  /// or the state directory that was named cannot be used.
  static Result<std::unique_ptr<App>> Start(LoadConfig load, const Log& log);

  /// Reads the configuration again and, when all of it is good, goes on as it says: rules,
  /// thresholds, the target and what is collected of it, what may be probed. What did not change
  /// goes on untouched. Thread-safe; one at a time.
  /// Errors: as Start; the configuration in force stays, which the log and a metric tell too.
  Result<void> Reload();

  /// Stops everything, in the reverse order of its start.
  ~App();

  App(const App&) = delete;
  App& operator=(const App&) = delete;

 private:
  struct Parts;
  explicit App(std::unique_ptr<Parts> parts);

  const std::unique_ptr<Parts> parts_;
};

}  // namespace hakem::exporter

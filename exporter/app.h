#pragma once

#include <memory>

#include "exporter/config/config.h"
#include "model/log.h"
#include "model/result.h"

namespace hakem::exporter {

/// A running Hakem: all that `hakem serve` is made of, wired together.
class App {
 public:
  /// Listens and starts to collect; does not wait for the database. `log` outlives it.
  /// Errors: kInvalidInput: a rule file, a receiver or the listen address is wrong, the port busy,
  /// or the state directory that was named cannot be used.
  static Result<std::unique_ptr<App>> Start(const Config& config, const Log& log);

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

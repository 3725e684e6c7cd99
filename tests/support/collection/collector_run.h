#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/core/collector.h"
#include "tests/support/collection/fake_session.h"
#include "tests/support/fake_clock.h"

namespace hakem::collectors {

/// Returns the collector with this name. Requires: it exists.
const CollectorSpec& CollectorNamed(std::string_view name);

/// Runs rounds of one collector on a fake session.
class CollectorRun {
 public:
  explicit CollectorRun(std::string_view name,
                        const CollectorOptions& options = {
                            .interval = std::chrono::seconds(5), .games = {}, .statements = {}});

  /// Runs one round and returns its samples in order, as `name{labels} value`.
  Result<std::vector<std::string>> Lines();

  FakeSession session;

 private:
  const FakeClock clock_{};
  const Logger log_ = Log::Silent().For("collectors.test");
  SampleSink sink_{Labels{}};
  const std::unique_ptr<Collector> collector_;
};

}  // namespace hakem::collectors

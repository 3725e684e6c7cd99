#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "collectors/core/collector.h"
#include "exporter/scrape/circuit_breaker.h"
#include "model/clock.h"
#include "model/log.h"
#include "model/metric_family.h"

namespace hakem::exporter {

/// What became of one collector in a round.
struct CollectorRound {
  const collectors::CollectorSpec* spec = nullptr;
  std::string database = {};  ///< Where, of a collector that looks at each; else empty.
  std::optional<std::string> planned_out = {};  ///< Why it cannot run on this server.
  std::optional<Error> error = {};              ///< Why it did not succeed.
  std::vector<MetricFamily> families = {};      ///< When it succeeded.
  SteadyTime::duration duration{0};
  SteadyTime::duration db_time{0};  ///< Of which its statements took this, seen from the client.
  int statements = 0;               ///< That it ran.
  std::uint64_t duplicates = 0;     ///< Series that it wrote twice.
  std::size_t folded = 0;           ///< Things that it told together, as `other`.
  bool circuit_open = false;        ///< It fails so often that it was not, or is not always, asked.

  bool succeeded() const { return !planned_out && !error; }
};

/// One collector at work in one database: made once, since it may keep what it needs between
/// rounds. A change of its success is logged once. Used by one thread at a time.
class CollectorUnit {
 public:
  /// What its series are made of.
  struct Origin {
    Labels constant_labels = {};
    collectors::SeriesMaker make = {};
    std::string database = {};  ///< Empty for what is told once a server.
  };

  CollectorUnit(const collectors::CollectorSpec& spec, const collectors::CollectorOptions& options,
                Origin origin, const Log& log);

  /// Runs it once, unless it does not fit the server or fails all the time.
  CollectorRound Run(collectors::Session& session, const Clock& clock);

  /// What its round is when there is no connection.
  CollectorRound NotReached(const Error& error) const;

  const collectors::CollectorSpec& spec() const { return *spec_; }

 private:
  void Collect(collectors::Session& session, const Clock& clock, CollectorRound& round);
  void Judge(const CollectorRound& round, SteadyTime now);
  void TellOverflow(const CollectorRound& round);

  const collectors::CollectorSpec* spec_;
  std::string database_;
  std::unique_ptr<collectors::Collector> collector_;
  collectors::SampleSink sink_;
  Logger log_;
  CircuitBreaker breaker_;
  bool overflow_told_ = false;
  std::string last_error_;  ///< Of a try that failed; empty after a success.
};

}  // namespace hakem::exporter

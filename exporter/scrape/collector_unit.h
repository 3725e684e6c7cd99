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

/// The result of one collector in one round.
struct CollectorRound {
  const collectors::CollectorSpec* spec = nullptr;
  std::string database = {};  ///< The database, for Scope::kDatabase; "" for Scope::kCluster.
  std::optional<std::string> unmet_requirement = {};  ///< Why it cannot run on this server.
  std::optional<Error> error = {};                    ///< Why it failed.
  std::vector<MetricFamily> families = {};            ///< Empty unless it succeeded.
  SteadyTime::duration duration{0};
  SteadyTime::duration db_time{0};  ///< The part of `duration` spent waiting for statements.
  int statements = 0;               ///< How many it ran.
  std::uint64_t duplicates = 0;     ///< Samples of series that it had already written.
  std::size_t overflow_rows = 0;    ///< Rows beyond its limits, summed into `other`.
  bool circuit_open = false;        ///< It failed so often that it runs less often, or did not run.

  bool succeeded() const { return !unmet_requirement && !error; }
};

/// A collector in one database. Kept between rounds, because the collector may have state. Changes
/// between success and failure are logged once. Used by one thread at a time.
class CollectorUnit {
 public:
  /// What all its series have in common.
  struct Origin {
    Labels constant_labels = {};
    collectors::SeriesMaker make = {};
    std::string database = {};  ///< "" for Scope::kCluster.
  };

  CollectorUnit(const collectors::CollectorSpec& spec, const collectors::CollectorOptions& options,
                Origin origin, const Log& log);

  /// Runs the collector, unless the server does not meet its requirements or its circuit breaker is
  /// open.
  CollectorRound Run(collectors::Session& session, const Clock& clock);

  /// The result of a round without a connection.
  CollectorRound Unreached(const Error& error) const;

  const collectors::CollectorSpec& spec() const { return *spec_; }

 private:
  void Collect(collectors::Session& session, const Clock& clock, CollectorRound& round);
  void RecordOutcome(const CollectorRound& round, SteadyTime now);
  void LogOverflow(const CollectorRound& round);

  const collectors::CollectorSpec* spec_;
  std::string database_;
  std::unique_ptr<collectors::Collector> collector_;
  collectors::SampleSink sink_;
  Logger log_;
  CircuitBreaker breaker_;
  bool overflow_logged_ = false;
  std::string last_error_;  ///< Why the last run failed; empty after a success.
};

}  // namespace hakem::exporter

#pragma once

#include <optional>
#include <string>

#include "exporter/scrape/target_state.h"
#include "model/time.h"
#include "web/context/program_facts.h"

namespace hakem::exporter {

/// Tracks since when a target has been up or down, for the pages. Used by one thread at a time.
class TargetUptime {
 public:
  /// `name`: what the pages call the target.
  explicit TargetUptime(std::string name) : name_(std::move(name)) {}

  /// The status for the pages. Called with each new status; `now` is its time.
  web::TargetStatus Describe(const TargetStatus& status, Timestamp now);

 private:
  const std::string name_;
  std::optional<bool> up_;
  Timestamp since_{};
};

}  // namespace hakem::exporter

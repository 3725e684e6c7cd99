#pragma once

#include <optional>
#include <string>

#include "exporter/scrape/target_state.h"
#include "model/time.h"
#include "web/context/program_facts.h"

namespace hakem::exporter {

/// Remembers since when a target has been up or down, for the pages. Used by one thread.
class TargetHistory {
 public:
  /// `name`: what the pages call it.
  explicit TargetHistory(std::string name) : name_(std::move(name)) {}

  /// What the pages tell of the target at `now`.
  web::TargetStatus Tell(const TargetStatus& status, Timestamp now);

 private:
  const std::string name_;
  std::optional<bool> up_;
  Timestamp since_{};
};

}  // namespace hakem::exporter

#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>

#include "model/labels.h"
#include "model/time.h"

namespace hakem {

/// An alert that the rules pass on for notification. It is firing, or resolved once `ends_at` is
/// set.
struct Alert {
  Labels labels;  ///< Including `alertname`; they identify the alert.
  std::map<std::string, std::string> annotations;
  Timestamp starts_at;               ///< When it began to fire.
  std::optional<Timestamp> ends_at;  ///< When it was resolved; empty while it fires.
  std::string generator_url;         ///< Address of the page that shows the expression.
  double value = 0;                  ///< The last value of the expression that was not empty.

  bool firing() const { return !ends_at.has_value(); }
};

/// Receives the alerts of an evaluation that may need a notification. Thread-safe; must not block.
using AlertSink = std::function<void(std::span<const Alert>)>;

}  // namespace hakem

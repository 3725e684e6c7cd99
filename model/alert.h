#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>

#include "model/labels.h"
#include "model/time.h"

namespace hakem {

/// An alert as the rules tell it to whoever notifies people: firing, or resolved once `ends_at` is
/// set.
struct Alert {
  Labels labels;  ///< With `alertname`; identifies the alert.
  std::map<std::string, std::string> annotations;
  Timestamp starts_at;               ///< When it began to fire.
  std::optional<Timestamp> ends_at;  ///< When it was resolved; nothing while it fires.
  std::string generator_url;         ///< Where the expression can be looked at.
  double value = 0;                  ///< The expression's value when last evaluated to something.

  bool firing() const { return !ends_at.has_value(); }
};

/// Takes what an evaluation found worth telling. Called by one thread at a time; must not block.
using AlertSink = std::function<void(std::span<const Alert>)>;

}  // namespace hakem

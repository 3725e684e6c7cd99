#include "collectors/game/counting/label_limit.h"

#include <algorithm>

#include "collectors/core/sample_sink.h"

namespace hakem::collectors {

std::string_view LabelLimit::Admit(std::string_view value) {
  const auto place = std::lower_bound(known_.begin(), known_.end(), value);
  const bool known = place != known_.end() && *place == value;
  if (!known && value != kOther && known_.size() < kMaxLabelValues) {
    known_.emplace(place, value);
  }
  return NameOf(value);
}

std::string_view LabelLimit::NameOf(std::string_view value) const {
  const auto place = std::lower_bound(known_.begin(), known_.end(), value);
  return place != known_.end() && *place == value ? std::string_view(*place) : kOther;
}

}  // namespace hakem::collectors

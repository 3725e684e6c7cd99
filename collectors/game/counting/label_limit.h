#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hakem::collectors {

/// How many values of one label get series of their own. Later values are counted as kOther.
inline constexpr std::size_t kMaxLabelValues = 20;

/// Limits the values of a label that come from the game's rows, such as `move_type`. The first
/// kMaxLabelValues values keep their names, all others share kOther. A value that was admitted
/// stays admitted. Used by one thread.
class LabelLimit {
 public:
  /// Admits `value` if there is room and returns the label value to count it under. The returned
  /// view is valid until the next call of Admit.
  std::string_view Admit(std::string_view value);

  /// Returns the label value that `value` is counted under, without admitting it.
  std::string_view NameOf(std::string_view value) const;

  /// The admitted values, sorted; never contains kOther.
  const std::vector<std::string>& known() const { return known_; }

 private:
  std::vector<std::string> known_;
};

}  // namespace hakem::collectors

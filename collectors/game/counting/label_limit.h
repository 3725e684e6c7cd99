#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace hakem::collectors {

/// At most so many values of a label that the game's rows choose; what comes later is kOther.
inline constexpr std::size_t kLabelBudget = 20;

/// The values of a label that a game's rows choose: as many as kLabelBudget are told by name, the
/// rest together as kOther. A value once known stays known.
class LabelBudget {
 public:
  /// The name to count `value` under: from now on its own, while there is room. The view lives
  /// until the next call.
  std::string_view Admit(std::string_view value);

  /// The name `value` is counted under so far.
  std::string_view NameOf(std::string_view value) const;

  /// Sorted; without kOther.
  const std::vector<std::string>& known() const { return known_; }

 private:
  std::vector<std::string> known_;
};

}  // namespace hakem::collectors

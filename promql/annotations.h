#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "promql/syntax/position.h"

namespace hakem::promql {

/// What a query's author should know although the query succeeded. Each text once, in the order
/// in which they arose: `PromQL info: metric might not be a counter, …: "x" (1:6)`.
class Annotations {
 public:
  /// Something is most likely wrong with the query or the data.
  void Warn(std::string_view text, const Position& position);

  /// Something may be wrong.
  void Inform(std::string_view text, const Position& position);

  const std::vector<std::string>& warnings() const { return warnings_; }

  const std::vector<std::string>& infos() const { return infos_; }

 private:
  std::vector<std::string> warnings_;
  std::vector<std::string> infos_;
};

}  // namespace hakem::promql

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "promql/syntax/position.h"

namespace hakem::promql {

/// What a query's author should know although the query succeeded, in the order in which it arose:
/// `PromQL info: metric might not be a counter, …: "x" (1:6)`. Each text once, with the last of the
/// places where it arose.
class Annotations {
 public:
  /// Something is most likely wrong with the query or the data.
  void Warn(std::string_view text, const Position& position);

  /// Something may be wrong.
  void Inform(std::string_view text, const Position& position);

  std::vector<std::string> warnings() const;

  std::vector<std::string> infos() const;

 private:
  struct Annotation {
    std::string text;
    Position position;
  };

  static void Add(std::vector<Annotation>& annotations, std::string_view text,
                  const Position& position);

  std::vector<Annotation> warnings_;
  std::vector<Annotation> infos_;
};

}  // namespace hakem::promql

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "promql/syntax/position.h"

namespace hakem::promql {

/// Warnings and infos of a query that succeeded, in the order in which they arose:
/// `PromQL info: metric might not be a counter, …: "x" (1:6)`. Each text is kept once, with the
/// last position where it arose.
class Annotations {
 public:
  /// Adds a warning: something is most likely wrong with the query or the data.
  void Warn(std::string_view text, const Position& position);

  /// Adds an info: something may be wrong.
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

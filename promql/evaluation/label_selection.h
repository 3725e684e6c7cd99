#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/labels.h"

namespace hakem::promql {

/// Selects the labels by which label sets are grouped or matched: only the named ones, or all
/// except the named ones.
class LabelSelection {
 public:
  static LabelSelection Only(std::vector<std::string> names) { return {true, std::move(names)}; }

  static LabelSelection Without(std::vector<std::string> names) {
    return {false, std::move(names)};
  }

  static LabelSelection All() { return Without({}); }

  /// Returns the selected labels.
  Labels Of(const Labels& labels) const;

  // Hash and compare the selected labels without building them.

  std::uint64_t Hash(const Labels& labels) const;

  bool AreEqual(const Labels& one, const Labels& other) const;

 private:
  LabelSelection(bool only, std::vector<std::string> names)
      : only_(only), names_(std::move(names)) {}

  bool Counts(const LabelView& label) const;

  bool is_all() const { return !only_ && names_.empty(); }

  bool is_none() const { return only_ && names_.empty(); }

  bool only_;
  std::vector<std::string> names_;
};

}  // namespace hakem::promql

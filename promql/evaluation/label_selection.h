#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/labels.h"

namespace hakem::promql {

/// Which labels count where label sets are grouped or matched: those named, or all but those named.
class LabelSelection {
 public:
  static LabelSelection Only(std::vector<std::string> names) { return {true, std::move(names)}; }

  static LabelSelection Without(std::vector<std::string> names) {
    return {false, std::move(names)};
  }

  static LabelSelection All() { return Without({}); }

  /// The labels that count.
  Labels Of(const Labels& labels) const;

  // As of the labels that count, which need not be put together for it.

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

#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "model/matcher.h"

namespace hakem::tsdb {

/// Numbers the series of an index in the order in which they were added.
using SeriesId = std::uint32_t;

/// Ids in ascending order.
using Postings = std::vector<SeriesId>;

/// One value of a label and the series that have it.
struct ValueEntry {
  std::string value;
  Postings series;
};

/// The values of one label, sorted, with their series. Immutable; copies share what has not
/// changed.
class LabelIndex {
 public:
  using Values = std::vector<std::shared_ptr<const ValueEntry>>;

  /// Returns a copy with more entries. Requires: their ids are higher than all ids here.
  LabelIndex With(std::map<std::string_view, Postings> added) const;

  const Values& values() const { return values_; }

  /// Returns the series with this value; null when there is none.
  const Postings* Find(std::string_view value) const;

  /// Returns the entries whose value satisfies the matcher. Avoids running the regular expression
  /// where its alternatives are literals or begin with literals.
  std::vector<const ValueEntry*> Match(const Matcher& matcher) const;

 private:
  void MatchRegex(const Matcher& matcher, std::vector<const ValueEntry*>& matching) const;
  Values::const_iterator LowerBound(std::string_view value) const;

  Values values_;
};

}  // namespace hakem::tsdb

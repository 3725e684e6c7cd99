#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "model/matcher.h"

namespace hakem::tsdb {

/// A series' place in an index; a later series has a higher one.
using SeriesId = std::uint32_t;

/// Ids in ascending order.
using Postings = std::vector<SeriesId>;

/// One value of a label and the series that have it.
struct ValueEntry {
  std::string value;
  Postings series;
};

/// All values of one label, sorted. Immutable; a changed copy shares what has not changed.
class LabelIndex {
 public:
  using Values = std::vector<std::shared_ptr<const ValueEntry>>;

  /// A copy to which these are added; their ids are higher than all here.
  LabelIndex With(std::map<std::string_view, Postings> added) const;

  const Values& values() const { return values_; }

  /// The series with this value; null when there is none.
  const Postings* Find(std::string_view value) const;

  /// The entries whose value satisfies the matcher. Without the regular expression's engine where
  /// its alternatives are literals or have a literal beginning.
  std::vector<const ValueEntry*> Match(const Matcher& matcher) const;

 private:
  void MatchRegex(const Matcher& matcher, std::vector<const ValueEntry*>& matching) const;
  Values::const_iterator LowerBound(std::string_view value) const;

  Values values_;
};

}  // namespace hakem::tsdb

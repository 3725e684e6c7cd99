#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "model/matcher.h"
#include "tsdb/index/label_index.h"
#include "tsdb/series/stored_series.h"

namespace hakem::tsdb {

/// Finds series by labels and matchers. Immutable: a new version is made for new series, while
/// readers keep the one that they have. Versions share what has not changed.
class Index {
 public:
  using Series = std::vector<std::shared_ptr<StoredSeries>>;

  Index() = default;

  explicit Index(const Series& series) { *this = Index().With(series); }

  /// Returns a copy with more series. Requires: this index has none of them.
  Index With(const Series& added) const;

  const Series& series() const { return series_; }

  /// Returns the series with exactly these labels; null when there is none.
  std::shared_ptr<StoredSeries> Find(const Labels& labels) const;

  /// Returns the series that satisfy all matchers, sorted by labels.
  std::vector<const StoredSeries*> Select(std::span<const Matcher> matchers) const;

  /// The values of each label, by label name.
  const std::map<std::string, std::shared_ptr<const LabelIndex>, std::less<>>& labels() const {
    return labels_;
  }

 private:
  std::vector<SeriesId> Match(std::span<const Matcher> matchers) const;
  std::vector<SeriesId> MergeOrder(const Series& added) const;
  const LabelIndex* LabelNamed(std::string_view name) const;

  Series series_;  ///< Indexed by id.
  std::map<std::string, std::shared_ptr<const LabelIndex>, std::less<>> labels_;
  std::vector<SeriesId> order_;      ///< All ids, sorted by labels.
  std::vector<std::uint32_t> rank_;  ///< Indexed by id: the id's place in order_.
};

}  // namespace hakem::tsdb

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

/// Which series there are, and which of them satisfy matchers. Immutable, so that readers keep
/// the one they got while the next is made; that one shares most of it.
class Index {
 public:
  using Series = std::vector<std::shared_ptr<StoredSeries>>;

  Index() = default;

  explicit Index(const Series& series) { *this = Index().With(series); }

  /// A copy to which series are added that it does not have.
  Index With(const Series& added) const;

  const Series& series() const { return series_; }

  /// The series with exactly these labels; null when there is none.
  std::shared_ptr<StoredSeries> Find(const Labels& labels) const;

  /// The series that satisfy all matchers, sorted by labels.
  std::vector<const StoredSeries*> Select(std::span<const Matcher> matchers) const;

  /// By label name.
  const std::map<std::string, std::shared_ptr<const LabelIndex>, std::less<>>& labels() const {
    return labels_;
  }

 private:
  std::vector<SeriesId> Match(std::span<const Matcher> matchers) const;
  std::vector<SeriesId> MergeOrder(const Series& added) const;
  const LabelIndex* LabelNamed(std::string_view name) const;

  Series series_;  ///< By id.
  std::map<std::string, std::shared_ptr<const LabelIndex>, std::less<>> labels_;
  std::vector<SeriesId> order_;      ///< All ids, sorted by labels.
  std::vector<std::uint32_t> rank_;  ///< By id: its place in order_.
};

}  // namespace hakem::tsdb

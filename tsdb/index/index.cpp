#include "tsdb/index/index.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <optional>
#include <utility>

#include "model/interruption.h"

namespace hakem::tsdb {
namespace {

/// So few series are tested one by one: that takes less time than a set of all ids.
constexpr std::size_t kFewSeries = 100;

const Labels& LabelsOf(const std::shared_ptr<StoredSeries>& series) {
  return series->series()->labels;
}

/// A bit set of ids.
class Bitmap {
 public:
  explicit Bitmap(std::size_t size) : bits_(size) {}

  void Add(const Postings& ids) {
    for (const SeriesId id : ids) {
      bits_[id] = true;
    }
  }

  bool Has(SeriesId id) const { return bits_[id]; }

 private:
  std::vector<bool> bits_;
};

/// A condition on ids: to be in a set, or not to be in it.
struct Condition {
  Bitmap ids;
  bool wanted;  ///< Whether ids must be in the set, or must not be.
};

Condition MakeCondition(const Matcher& matcher, const LabelIndex* label, std::size_t series_count) {
  // A series without the label has the value "". So when "" matches, collect the series that do not
  // match instead.
  const bool matches_empty = matcher.Matches("");
  Condition condition{Bitmap(series_count), !matches_empty};
  if (label == nullptr) {
    return condition;
  }
  if (!matches_empty) {
    for (const ValueEntry* entry : label->Match(matcher)) {
      condition.ids.Add(entry->series);
    }
    return condition;
  }
  for (const auto& entry : label->values()) {
    CheckInterrupted();
    if (!matcher.Matches(entry->value)) {
      condition.ids.Add(entry->series);
    }
  }
  return condition;
}

/// Returns the first id from `place` on that is not below `id`. Takes few steps if it is near.
Postings::const_iterator SkipTo(Postings::const_iterator place, Postings::const_iterator end,
                                SeriesId id) {
  std::ptrdiff_t step = 1;
  while (step < end - place && place[step] < id) {
    place += step;
    step *= 2;
  }
  return std::lower_bound(place, place + std::min(step, end - place), id);
}

/// Returns the ids that are in all lists. Each list skips to the next id that another one has, so
/// that the time depends on the number of such skips: usually the series of a job or a metric have
/// ids that follow each other. Requires: there is a list, and none is empty.
std::vector<SeriesId> Intersection(std::span<const Postings* const> lists) {
  std::vector<Postings::const_iterator> places;
  for (const Postings* list : lists) {
    places.push_back(list->begin());
  }
  std::vector<SeriesId> ids;
  SeriesId wanted = lists.front()->front();
  for (std::size_t i = 0, agreeing = 0;; i = (i + 1) % lists.size()) {
    places[i] = SkipTo(places[i], lists[i]->end(), wanted);
    if (places[i] == lists[i]->end()) {
      return ids;
    }
    agreeing = *places[i] == wanted ? agreeing + 1 : 1;
    wanted = *places[i];
    if (agreeing == lists.size()) {
      ids.push_back(wanted++);
      agreeing = 0;
    }
  }
}

}  // namespace

Index Index::With(const Series& added) const {
  Index result = *this;
  result.series_.insert(result.series_.end(), added.begin(), added.end());
  std::map<std::string_view, std::map<std::string_view, Postings>> by_label;
  for (std::size_t i = series_.size(); i < result.series_.size(); ++i) {
    for (const LabelView label : LabelsOf(result.series_[i])) {
      by_label[label.name][label.value].push_back(static_cast<SeriesId>(i));
    }
  }
  for (auto& [name, values] : by_label) {
    const LabelIndex* old = LabelNamed(name);
    result.labels_[std::string(name)] = std::make_shared<const LabelIndex>(
        (old == nullptr ? LabelIndex() : *old).With(std::move(values)));
  }
  result.order_ = MergeOrder(added);
  result.rank_.resize(result.order_.size());
  for (std::size_t place = 0; place < result.order_.size(); ++place) {
    result.rank_[result.order_[place]] = static_cast<std::uint32_t>(place);
  }
  return result;
}

std::vector<SeriesId> Index::MergeOrder(const Series& added) const {
  std::vector<SeriesId> sorted(added.size());
  std::iota(sorted.begin(), sorted.end(), static_cast<SeriesId>(series_.size()));
  const auto labels_of = [&](SeriesId id) -> const Labels& {
    return LabelsOf(id < series_.size() ? series_[id] : added[id - series_.size()]);
  };
  const auto by_labels = [&](SeriesId a, SeriesId b) { return labels_of(a) < labels_of(b); };
  std::sort(sorted.begin(), sorted.end(), by_labels);
  // Usually few series are new: a binary search for each avoids comparing most of the old ones.
  std::vector<SeriesId> order;
  order.reserve(order_.size() + sorted.size());
  auto old = order_.begin();
  for (const SeriesId id : sorted) {
    const auto place = std::upper_bound(old, order_.end(), id, by_labels);
    order.insert(order.end(), old, place);
    order.push_back(id);
    old = place;
  }
  order.insert(order.end(), old, order_.end());
  return order;
}

std::shared_ptr<StoredSeries> Index::Find(const Labels& labels) const {
  const auto place =
      std::lower_bound(order_.begin(), order_.end(), labels,
                       [this](SeriesId id, const Labels& l) { return LabelsOf(series_[id]) < l; });
  return place != order_.end() && LabelsOf(series_[*place]) == labels ? series_[*place] : nullptr;
}

const LabelIndex* Index::LabelNamed(std::string_view name) const {
  const auto found = labels_.find(name);
  return found == labels_.end() ? nullptr : found->second.get();
}

std::vector<const StoredSeries*> Index::Select(std::span<const Matcher> matchers) const {
  std::vector<SeriesId> ids = Match(matchers);
  if (ids.size() == series_.size()) {
    ids = order_;
  } else {
    std::sort(ids.begin(), ids.end(),
              [this](SeriesId a, SeriesId b) { return rank_[a] < rank_[b]; });
  }
  std::vector<const StoredSeries*> selected;
  selected.reserve(ids.size());
  for (const SeriesId id : ids) {
    selected.push_back(series_[id].get());
  }
  return selected;
}

std::vector<SeriesId> Index::Match(std::span<const Matcher> matchers) const {
  // Start with equality matchers, which cost one look-up each.
  std::vector<const Postings*> given;
  std::vector<const Matcher*> others;
  for (const Matcher& matcher : matchers) {
    if (matcher.op() != MatchOp::kEqual || matcher.value().empty()) {
      others.push_back(&matcher);
      continue;
    }
    const LabelIndex* label = LabelNamed(matcher.name());
    const Postings* postings = label == nullptr ? nullptr : label->Find(matcher.value());
    if (postings == nullptr) {
      return {};
    }
    given.push_back(postings);
  }
  std::vector<SeriesId> ids;
  if (given.empty()) {
    ids.resize(series_.size());
    std::iota(ids.begin(), ids.end(), SeriesId{0});
  } else if (given.size() == 1) {
    ids = *given.front();
  } else {
    ids = Intersection(given);
  }
  for (const Matcher* matcher : others) {
    CheckInterrupted();
    const LabelIndex* label = LabelNamed(matcher->name());
    if (label != nullptr && ids.size() < std::max(label->values().size(), kFewSeries)) {
      std::erase_if(ids, [&](SeriesId id) {
        CheckInterrupted();
        return !matcher->Matches(LabelsOf(series_[id]));
      });
      continue;
    }
    const Condition condition = MakeCondition(*matcher, label, series_.size());
    std::erase_if(ids, [&](SeriesId id) { return condition.ids.Has(id) != condition.wanted; });
  }
  return ids;
}

}  // namespace hakem::tsdb

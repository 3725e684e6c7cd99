#include "tsdb/index/label_index.h"

#include <algorithm>
#include <utility>

#include "model/interruption.h"
#include "tsdb/index/literal_pattern.h"

namespace hakem::tsdb {

LabelIndex LabelIndex::With(std::map<std::string_view, Postings> added) const {
  LabelIndex result;
  result.values_.reserve(values_.size() + added.size());
  auto next = added.begin();
  const auto take_new = [&](auto until) {
    for (; next != added.end() && until(next->first); ++next) {
      result.values_.push_back(std::make_shared<const ValueEntry>(
          ValueEntry{std::string(next->first), std::move(next->second)}));
    }
  };
  for (const std::shared_ptr<const ValueEntry>& old : values_) {
    take_new([&](std::string_view value) { return value < old->value; });
    if (next != added.end() && next->first == old->value) {
      ValueEntry longer = *old;
      longer.series.insert(longer.series.end(), next->second.begin(), next->second.end());
      result.values_.push_back(std::make_shared<const ValueEntry>(std::move(longer)));
      ++next;
    } else {
      result.values_.push_back(old);
    }
  }
  take_new([](std::string_view) { return true; });
  return result;
}

LabelIndex::Values::const_iterator LabelIndex::LowerBound(std::string_view value) const {
  return std::lower_bound(
      values_.begin(), values_.end(), value,
      [](const auto& entry, std::string_view wanted) { return entry->value < wanted; });
}

const Postings* LabelIndex::Find(std::string_view value) const {
  const auto found = LowerBound(value);
  return found != values_.end() && (*found)->value == value ? &(*found)->series : nullptr;
}

std::vector<const ValueEntry*> LabelIndex::Match(const Matcher& matcher) const {
  std::vector<const ValueEntry*> matching;
  if (matcher.op() == MatchOp::kEqual) {
    const auto found = LowerBound(matcher.value());
    if (found != values_.end() && (*found)->value == matcher.value()) {
      matching.push_back(found->get());
    }
  } else if (matcher.op() == MatchOp::kRegex) {
    MatchRegex(matcher, matching);
  } else {
    for (const auto& entry : values_) {
      CheckInterrupted();
      if (matcher.Matches(entry->value)) {
        matching.push_back(entry.get());
      }
    }
  }
  return matching;
}

void LabelIndex::MatchRegex(const Matcher& matcher,
                            std::vector<const ValueEntry*>& matching) const {
  using Rest = LiteralAlternative::Rest;
  for (const LiteralAlternative& alternative : LiteralAlternatives(matcher.value())) {
    const std::string& literal = alternative.literal;
    for (auto entry = LowerBound(literal);
         entry != values_.end() && (*entry)->value.starts_with(literal); ++entry) {
      CheckInterrupted();
      const std::string& value = (*entry)->value;
      if (alternative.rest == Rest::kNothing) {
        if (value == literal) {
          matching.push_back(entry->get());
        }
        break;  // The literal itself sorts before all longer values.
      }
      if (alternative.rest == Rest::kAnything ||
          (alternative.rest == Rest::kSomething && value.size() > literal.size()) ||
          (alternative.rest == Rest::kUnknown && matcher.Matches(value))) {
        matching.push_back(entry->get());
      }
    }
  }
  // Alternatives may overlap, so remove duplicates.
  std::sort(matching.begin(), matching.end(),
            [](const ValueEntry* a, const ValueEntry* b) { return a->value < b->value; });
  matching.erase(std::unique(matching.begin(), matching.end()), matching.end());
}

}  // namespace hakem::tsdb

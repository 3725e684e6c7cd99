#include "collectors/core/top_rows.h"

#include <algorithm>
#include <utility>

namespace hakem::collectors {

TopRows::TopRows(std::size_t limit, std::vector<Column> columns)
    : limit_(limit), columns_(std::move(columns)), growth_(columns_.size(), 0) {}

TopRows::Selection TopRows::Select(std::span<Row> rows, std::string_view overflow_key) {
  Selection selection;
  selection.overflow.resize(columns_.size());
  ++round_;
  if (exceeded_since_ == 0 && rows.size() > limit_) {
    exceeded_since_ = round_;
  }
  if (exceeded_since_ != 0) {
    UpdateKept(rows, overflow_key);
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    Row& row = rows[i];
    if (exceeded_since_ == 0 || kept_.contains(row.key)) {
      if (exceeded_since_ != 0) {
        SubtractBase(row);
      }
      selection.kept.push_back(i);
      continue;
    }
    ++selection.overflow_rows;
    AddToOverflow(row);
    for (std::size_t column = 0; column < columns_.size(); ++column) {
      if (columns_[column] == Column::kGauge && row.values[column]) {
        selection.overflow[column] = selection.overflow[column].value_or(0) + *row.values[column];
      }
    }
  }
  for (std::size_t column = 0; exceeded_since_ != 0 && column < columns_.size(); ++column) {
    if (columns_[column] == Column::kCounter) {
      selection.overflow[column] = growth_[column];
    }
  }
  return selection;
}

/// Forgets the rows that are gone and fills free places with the highest of the others.
void TopRows::UpdateKept(std::span<const Row> rows, std::string_view overflow_key) {
  std::vector<const Row*> others;
  for (const Row& row : rows) {
    if (const auto kept = kept_.find(row.key); kept != kept_.end()) {
      kept->second.round = round_;
      continue;
    }
    if (const auto overflow = overflow_.find(row.key); overflow != overflow_.end()) {
      overflow->second.round = round_;
    }
    if (row.key != overflow_key) {
      others.push_back(&row);
    }
  }
  const auto is_gone = [&](const auto& entry) { return entry.second.round + 1 < round_; };
  std::erase_if(kept_, is_gone);
  std::erase_if(overflow_, is_gone);
  const std::size_t places = std::min(limit_ - kept_.size(), others.size());
  std::partial_sort(others.begin(), others.begin() + static_cast<std::ptrdiff_t>(places),
                    others.end(), [](const Row* left, const Row* right) {
                      return std::pair(-left->rank, left->key) <
                             std::pair(-right->rank, right->key);
                    });
  for (std::size_t i = 0; i < places; ++i) {
    State& state = kept_[others[i]->key];
    if (auto counted = overflow_.extract(others[i]->key)) {
      state = std::move(counted.mapped());
    }
    state.counters.resize(columns_.size());
    state.round = round_;
  }
}

void TopRows::AddToOverflow(const Row& row) {
  const auto [entry, joins] = overflow_.try_emplace(row.key);
  State& state = entry->second;
  state.counters.resize(columns_.size());
  state.round = round_;
  for (std::size_t column = 0; column < columns_.size(); ++column) {
    const Value& value = row.values[column];
    if (columns_[column] != Column::kCounter || !value) {
      continue;
    }
    double& last = state.counters[column];
    if (joins && exceeded_since_ != round_) {
      last = *value;
    }
    // A counter that fell was reset and has grown from 0 since.
    growth_[column] += *value < last ? *value : *value - last;
    last = *value;
  }
}

void TopRows::SubtractBase(Row& row) {
  State& state = kept_.at(row.key);
  for (std::size_t column = 0; column < columns_.size(); ++column) {
    Value& value = row.values[column];
    double& base = state.counters[column];
    if (columns_[column] != Column::kCounter || !value) {
      continue;
    }
    base = *value < base ? 0 : base;
    *value -= base;
  }
}

}  // namespace hakem::collectors

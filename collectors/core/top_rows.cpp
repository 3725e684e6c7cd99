#include "collectors/core/top_rows.h"

#include <algorithm>
#include <utility>

namespace hakem::collectors {

TopRows::TopRows(std::size_t limit, std::vector<Column> columns)
    : limit_(limit), columns_(std::move(columns)), grown_(columns_.size(), 0) {}

TopRows::Told TopRows::Take(std::span<Row> rows, std::string_view rest_key) {
  Told told;
  told.rest.resize(columns_.size());
  ++round_;
  if (exceeded_ == 0 && rows.size() > limit_) {
    exceeded_ = round_;
  }
  if (exceeded_ != 0) {
    Choose(rows, rest_key);
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    Row& row = rows[i];
    if (exceeded_ == 0 || top_.contains(row.key)) {
      if (exceeded_ != 0) {
        TakeBase(row);
      }
      told.rows.push_back(i);
      continue;
    }
    ++told.folded;
    AddToRest(row);
    for (std::size_t column = 0; column < columns_.size(); ++column) {
      if (columns_[column] == Column::kGauge && row.values[column]) {
        told.rest[column] = told.rest[column].value_or(0) + *row.values[column];
      }
    }
  }
  for (std::size_t column = 0; exceeded_ != 0 && column < columns_.size(); ++column) {
    if (columns_[column] == Column::kCounter) {
      told.rest[column] = grown_[column];
    }
  }
  return told;
}

/// Forgets who is gone and fills the places with the highest of the others.
void TopRows::Choose(std::span<const Row> rows, std::string_view rest_key) {
  std::vector<const Row*> others;
  for (const Row& row : rows) {
    if (const auto top = top_.find(row.key); top != top_.end()) {
      top->second.round = round_;
      continue;
    }
    if (const auto rest = rest_.find(row.key); rest != rest_.end()) {
      rest->second.round = round_;
    }
    if (row.key != rest_key) {
      others.push_back(&row);
    }
  }
  const auto is_gone = [&](const auto& entry) { return entry.second.round + 1 < round_; };
  std::erase_if(top_, is_gone);
  std::erase_if(rest_, is_gone);
  const std::size_t places = std::min(limit_ - top_.size(), others.size());
  std::partial_sort(others.begin(), others.begin() + static_cast<std::ptrdiff_t>(places),
                    others.end(), [](const Row* left, const Row* right) {
                      return std::pair(-left->rank, left->key) <
                             std::pair(-right->rank, right->key);
                    });
  for (std::size_t i = 0; i < places; ++i) {
    Kept& kept = top_[others[i]->key];
    if (auto counted = rest_.extract(others[i]->key)) {
      kept = std::move(counted.mapped());
    }
    kept.counters.resize(columns_.size());
    kept.round = round_;
  }
}

void TopRows::AddToRest(const Row& row) {
  const auto [entry, joins] = rest_.try_emplace(row.key);
  Kept& kept = entry->second;
  kept.counters.resize(columns_.size());
  kept.round = round_;
  for (std::size_t column = 0; column < columns_.size(); ++column) {
    const Value& value = row.values[column];
    if (columns_[column] != Column::kCounter || !value) {
      continue;
    }
    double& last = kept.counters[column];
    if (joins && exceeded_ != round_) {
      last = *value;
    }
    // A counter that fell was reset, and has grown from 0 since.
    grown_[column] += *value < last ? *value : *value - last;
    last = *value;
  }
}

void TopRows::TakeBase(Row& row) {
  Kept& kept = top_.at(row.key);
  for (std::size_t column = 0; column < columns_.size(); ++column) {
    Value& value = row.values[column];
    double& base = kept.counters[column];
    if (columns_[column] != Column::kCounter || !value) {
      continue;
    }
    base = *value < base ? 0 : base;
    *value -= base;
  }
}

}  // namespace hakem::collectors

#include "collectors/core/top_rows.h"

#include <algorithm>
#include <utility>

namespace hakem::collectors {

TopRows::TopRows(std::size_t limit, std::vector<Column> columns)
    : limit_(limit), columns_(std::move(columns)), grown_(columns_.size(), 0) {}

TopRows::Told TopRows::Take(std::span<Row> rows) {
  Told told;
  told.rest.resize(columns_.size());
  exceeded_ = exceeded_ || rows.size() > limit_;
  if (exceeded_) {
    Choose(rows);
  }
  std::set<std::string> rest;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    Row& row = rows[i];
    if (!exceeded_ || top_.contains(row.key)) {
      if (exceeded_) {
        TakeBase(row);
      }
      told.rows.push_back(i);
      continue;
    }
    ++told.folded;
    AddToRest(row);
    rest.insert(row.key);
    for (std::size_t column = 0; column < columns_.size(); ++column) {
      if (columns_[column] == Column::kGauge && row.values[column]) {
        told.rest[column] = told.rest[column].value_or(0) + *row.values[column];
      }
    }
  }
  std::erase_if(last_, [&](const auto& entry) { return !rest.contains(entry.first); });
  for (std::size_t column = 0; exceeded_ && column < columns_.size(); ++column) {
    if (columns_[column] == Column::kCounter) {
      told.rest[column] = grown_[column];
    }
  }
  return told;
}

/// Forgets who is gone and fills the places with the highest of the others.
void TopRows::Choose(std::span<const Row> rows) {
  std::set<std::string_view> present;
  std::vector<const Row*> others;
  for (const Row& row : rows) {
    present.insert(row.key);
    if (!top_.contains(row.key)) {
      others.push_back(&row);
    }
  }
  std::erase_if(top_, [&](const auto& entry) { return !present.contains(entry.first); });
  const std::size_t places = std::min(limit_ - std::min(limit_, top_.size()), others.size());
  std::partial_sort(others.begin(), others.begin() + static_cast<std::ptrdiff_t>(places),
                    others.end(), [](const Row* left, const Row* right) {
                      return std::pair(-left->rank, left->key) <
                             std::pair(-right->rank, right->key);
                    });
  for (std::size_t i = 0; i < places; ++i) {
    const auto counted = last_.find(others[i]->key);
    top_.emplace(others[i]->key,
                 counted == last_.end() ? Numbers(columns_.size(), 0) : counted->second);
  }
}

void TopRows::AddToRest(const Row& row) {
  Numbers& last = last_.try_emplace(row.key, columns_.size(), 0).first->second;
  for (std::size_t column = 0; column < columns_.size(); ++column) {
    const double value = row.values[column].value_or(0);
    // A counter that fell was reset, and has grown from 0 since.
    grown_[column] += value < last[column] ? value : value - last[column];
    last[column] = value;
  }
}

void TopRows::TakeBase(Row& row) {
  Numbers& base = top_.at(row.key);
  for (std::size_t column = 0; column < columns_.size(); ++column) {
    Value& value = row.values[column];
    if (columns_[column] != Column::kCounter || !value) {
      continue;
    }
    base[column] = *value < base[column] ? 0 : base[column];
    *value -= base[column];
  }
}

}  // namespace hakem::collectors

#pragma once

#include <set>
#include <span>
#include <string>
#include <vector>

#include "tsdb/series/queryable.h"

namespace hakem::ruletools {

/// Series of the past together with those that rules write while they are evaluated over them
/// again. Thread-safe if both parts are.
class Overlay final : public tsdb::Queryable {
 public:
  /// `replaced`: names of metrics that count only as written. Both parts outlive this.
  Overlay(const tsdb::Queryable& past, const tsdb::Queryable& written,
          std::set<std::string, std::less<>> replaced);

  std::vector<tsdb::SelectedSeries> Select(std::span<const Matcher> matchers, Timestamp after,
                                           Timestamp until) const override;

 private:
  const tsdb::Queryable& past_;
  const tsdb::Queryable& written_;
  const std::set<std::string, std::less<>> replaced_;
};

}  // namespace hakem::ruletools

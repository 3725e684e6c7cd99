#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/metric_family.h"
#include "rules/files/rule_file.h"

namespace hakem::ruletools {

using Names = std::set<std::string, std::less<>>;

/// What is known about the series of one name.
struct KnownMetric {
  MetricType type = MetricType::kUntyped;  ///< kUntyped: not known.
  std::optional<Names> labels = Names{};   ///< Those that its series may have; nothing: any.
  /// The values that a label may have, for labels with a fixed list of values.
  std::map<std::string, Names, std::less<>> values = {};
};

/// The metrics that somebody is known to export or record. A name that it lacks is a mistake only
/// if it begins as the names that Hakem exports.
class Catalogue {
 public:
  /// Adds a metric, or more labels of a metric. A histogram or a summary adds all of its series.
  void Add(std::string_view name, const KnownMetric& metric);

  /// All names that begin so belong to one family, such as `pg_settings_`.
  void AddPrefix(std::string_view prefix, const KnownMetric& metric);

  /// Hakem exports names that begin so: `game_`.
  void AddOwnedPrefix(std::string_view prefix) { owned_.emplace(prefix); }

  /// Labels that every exported series may have, such as `instance`.
  void AddTargetLabels(std::span<const std::string_view> names);

  /// Adds the series that recording rules write, and those about alerts. Their labels may be any.
  void AddRecorded(std::span<const rules::RuleGroup> groups);

  /// Returns the metric; null if there is none of this name.
  const KnownMetric* Find(std::string_view name) const;

  /// Whether nobody exports a metric of this name, although it is one of those that Hakem would.
  bool IsMistake(std::string_view name) const;

  /// Returns the end of a message about an unknown metric: `, did you mean "up"?` or "".
  std::string Suggestion(std::string_view name) const;

  const Names& target_labels() const { return target_labels_; }

 private:
  void AddSeries(std::string name, const KnownMetric& metric);

  std::map<std::string, KnownMetric, std::less<>> metrics_;
  std::map<std::string, KnownMetric, std::less<>> prefixes_;
  Names owned_;
  Names target_labels_;
};

}  // namespace hakem::ruletools

#pragma once

#include <fmt/format.h>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "rules/alerts/alert_store.h"

namespace hakem {

/// Stores alerts in memory; fails while `failure` is set. Used by one thread.
class MemoryAlertStore final : public rules::AlertStore {
 public:
  Result<rules::StoredAlerts> Load() override {
    if (failure) {
      return Fail(*failure);
    }
    rules::StoredAlerts stored;
    for (const auto& [key, alert] : alerts) {
      stored.alerts.push_back({key.first, alert});
    }
    stored.groups.assign(groups.begin(), groups.end());
    return stored;
  }

  Result<void> Save(std::string_view group, Timestamp time,
                    std::span<const rules::AlertChange> changes) override {
    if (failure) {
      return Fail(*failure);
    }
    ++saves;
    groups[std::string(group)] = time;
    Apply(changes);
    return {};
  }

  Result<void> DeleteGroups(std::span<const std::string> gone, Timestamp /*time*/,
                            std::span<const rules::AlertChange> changes) override {
    if (failure) {
      return Fail(*failure);
    }
    for (const std::string& group : gone) {
      groups.erase(group);
    }
    Apply(changes);
    return {};
  }

  std::map<std::pair<std::string, Labels>, rules::ActiveAlert> alerts;  ///< By rule and labels.
  std::map<std::string, Timestamp> groups;
  std::vector<std::string> journal;  ///< Labels and new state of each transition.
  int saves = 0;
  std::optional<Error> failure;

 private:
  void Apply(std::span<const rules::AlertChange> changes) {
    for (const rules::AlertChange& change : changes) {
      const std::pair key(std::string(change.rule), change.labels);
      if (change.is_transition) {
        journal.push_back(
            fmt::format("{} {}", FormatSeries(change.labels),
                        change.alert == nullptr ? "forgotten" : ToString(change.alert->state)));
      }
      if (change.alert == nullptr) {
        alerts.erase(key);
      } else {
        alerts.insert_or_assign(key, *change.alert);
      }
    }
  }
};

}  // namespace hakem

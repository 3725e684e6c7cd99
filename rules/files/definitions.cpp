#include "rules/files/definitions.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <variant>

namespace hakem::rules {

// The contents of the files, which hakem_embed puts into the library.
extern const std::string_view kGamingRules;
extern const std::string_view kPostgresqlRules;
extern const std::string_view kReplicationRules;
extern const std::string_view kMonitoringRules;

namespace {

/// A shipped rule and the extension that it needs.
struct Need {
  std::string_view rule;
  NeededExtension extension;
};

constexpr std::array<Need, 1> kNeeds{
    {{"SlowQueries",
      {"pg_stat_statements",
       "add pg_stat_statements to shared_preload_libraries, restart PostgreSQL, and run CREATE "
       "EXTENSION pg_stat_statements; in the database that Hakem connects to"}}}};

void SetNeeds(std::vector<Rule>& rules) {
  for (Rule& each : rules) {
    const auto need = std::find_if(kNeeds.begin(), kNeeds.end(),
                                   [&](const Need& one) { return one.rule == NameOf(each); });
    if (auto* const rule = std::get_if<AlertRule>(&each); rule != nullptr && need != kNeeds.end()) {
      rule->needs = need->extension;
    }
  }
}

}  // namespace

Result<std::vector<RuleGroup>> ParseShippedRules(promql::Features features) {
  std::vector<RuleGroup> all;
  for (const ShippedRuleFile& shipped : ShippedRuleFiles()) {
    auto groups = ParseRuleFile(shipped.yaml, shipped.file, features);
    if (!groups) {
      return groups;
    }
    for (RuleGroup& group : *groups) {
      SetNeeds(group.rules);
    }
    std::move(groups->begin(), groups->end(), std::back_inserter(all));
  }
  return all;
}

std::array<ShippedRuleFile, 4> ShippedRuleFiles() {
  return {{{"rules/definitions/gaming.yml", kGamingRules},
           {"rules/definitions/postgresql.yml", kPostgresqlRules},
           {"rules/definitions/replication.yml", kReplicationRules},
           {"rules/definitions/monitoring.yml", kMonitoringRules}}};
}

}  // namespace hakem::rules

#include "rules/files/definitions.h"

namespace hakem::rules {

// The contents of the files, which hakem_embed puts into the library.
extern const std::string_view kGamingRules;
extern const std::string_view kPostgresqlRules;
extern const std::string_view kReplicationRules;
extern const std::string_view kMonitoringRules;

std::array<ShippedRuleFile, 4> ShippedRuleFiles() {
  return {{{"rules/definitions/gaming.yml", kGamingRules},
           {"rules/definitions/postgresql.yml", kPostgresqlRules},
           {"rules/definitions/replication.yml", kReplicationRules},
           {"rules/definitions/monitoring.yml", kMonitoringRules}}};
}

}  // namespace hakem::rules

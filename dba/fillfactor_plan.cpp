#include "dba/fillfactor_plan.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "collectors/core/session.h"
#include "collectors/game/schema/churn.h"
#include "dba/script_text.h"

namespace hakem::dba {
namespace {

using collectors::QuoteLiteral;

/// In percent. The free third of a page holds the row versions of the time between two queries;
/// each query prunes those that are dead.
constexpr int kFillfactor = 70;

constexpr std::string_view kTablesSql = R"(
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname = {} AND c.relname IN ({})
  AND NOT EXISTS (SELECT FROM pg_options_to_table(c.reloptions) WHERE option_name = 'fillfactor')
ORDER BY 1)";

constexpr std::string_view kWhy =
    "An updated row stays in its page, and live rows lie together instead of each in a gap among "
    "old "
    "ones.\nTakes effect at once for new pages; no session has to wait.";

}  // namespace

std::string TablesWithoutFillfactorSql(const collectors::GameSchema& schema) {
  std::vector<std::string> tables;
  tables.reserve(collectors::kUpdatedTables.size());
  for (const std::string_view table : collectors::kUpdatedTables) {
    tables.push_back(QuoteLiteral(schema.names.TableName(table)));
  }
  return fmt::format(kTablesSql, QuoteLiteral(schema.name), fmt::join(tables, ", "));
}

Plan PlanFillfactor(const std::string& schema, const std::vector<std::string>& tables) {
  Plan plan;
  for (const std::string& table : tables) {
    plan.steps.push_back(
        {fmt::format("ALTER TABLE {}.{} SET (fillfactor = {})", ScriptIdentifier(schema),
                     ScriptIdentifier(table), kFillfactor),
         std::string(kWhy)});
  }
  return plan;
}

}  // namespace hakem::dba

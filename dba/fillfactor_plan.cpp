#include "dba/fillfactor_plan.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "collectors/core/session.h"
#include "collectors/game/schema/churn.h"
#include "dba/script_text.h"

namespace hakem::exporter {
namespace {

using collectors::QuoteLiteral;

/// A third of a page is enough for the versions between two looks of a query, which removes them.
constexpr int kFillFactor = 70;

constexpr std::string_view kFullTablesSql = R"(
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname = {} AND c.relname IN ({})
  AND NOT EXISTS (SELECT FROM pg_options_to_table(c.reloptions) WHERE option_name = 'fillfactor')
ORDER BY 1)";

constexpr std::string_view kWhy =
    "A row that is updated finds room in its page, and live rows lie together instead of each in a "
    "gap among old ones.\nAt once, and nobody waits: it goes for the pages to come.";

}  // namespace

std::string FullTablesSql(const collectors::GameSchema& schema) {
  std::vector<std::string> tables;
  tables.reserve(collectors::kUpdatedTables.size());
  for (const std::string_view table : collectors::kUpdatedTables) {
    tables.push_back(QuoteLiteral(schema.names.TableName(table)));
  }
  return fmt::format(kFullTablesSql, QuoteLiteral(schema.name), fmt::join(tables, ", "));
}

SetupPlan PlanFillfactor(const std::string& schema, const std::vector<std::string>& full_tables) {
  SetupPlan plan;
  for (const std::string& table : full_tables) {
    plan.steps.push_back(
        {fmt::format("ALTER TABLE {}.{} SET (fillfactor = {})", ScriptIdentifier(schema),
                     ScriptIdentifier(table), kFillFactor),
         std::string(kWhy)});
  }
  return plan;
}

}  // namespace hakem::exporter

#include "dba/game_plan.h"

#include <fmt/format.h>

#include "dba/fillfactor_plan.h"
#include "dba/game_facts.h"
#include "dba/index_facts.h"
#include "dba/index_plan.h"
#include "dba/script_text.h"

namespace hakem::dba {
namespace {

using collectors::GameSchema;
using collectors::Session;

void Append(const Plan& part, Plan& plan) {
  plan.steps.insert(plan.steps.end(), part.steps.begin(), part.steps.end());
  plan.advice.insert(plan.advice.end(), part.advice.begin(), part.advice.end());
}

Result<void> AddIndexes(Session& session, const GameSchema& game, Plan& plan) {
  const auto existing = ReadIndexes(session, game.name);
  if (!existing) {
    return Fail(existing.error());
  }
  for (const WantedIndex& index : WantedIndexes(game)) {
    const auto estimate = ReadEstimate(session, index);
    if (!estimate) {
      return Fail(estimate.error());
    }
    Append(PlanIndex(index, *existing, *estimate), plan);
  }
  return {};
}

/// Adds a step for each warning about a table. A warning about the whole server becomes advice: a
/// person has to decide.
Result<void> AddAutovacuumSettings(Session& session, const GameSchema& game, Plan& plan) {
  return ReadChurnWarnings(session, game)
      .transform([&](const std::vector<collectors::ChurnWarning>& warnings) {
        for (const collectors::ChurnWarning& warning : warnings) {
          if (warning.table.empty()) {
            plan.advice.push_back(FormatAdvice(warning));
          } else {
            plan.steps.push_back(
                {warning.remedy, fmt::format("{}: {}.", warning.table, warning.reason)});
          }
        }
      });
}

Result<void> AddFillfactors(Session& session, const GameSchema& game, Plan& plan) {
  return ReadTablesWithoutFillfactor(session, game)
      .transform([&](const std::vector<std::string>& tables) {
        Append(PlanFillfactor(game.name, tables), plan);
      });
}

/// Names the relations that get no index, with the reasons.
void AddRefused(const GameFacts& game, Plan& plan) {
  for (const auto& [table, reason] : game.refused) {
    plan.advice.push_back(fmt::format("{}.{} gets no index: {}.",
                                      ScriptIdentifier(game.schema.name), ScriptIdentifier(table),
                                      reason));
  }
}

}  // namespace

std::string FormatAdvice(const collectors::ChurnWarning& warning) {
  return fmt::format("{}{}{}:\n{};", warning.table, warning.table.empty() ? "" : ": ",
                     warning.reason, warning.remedy);
}

Result<Plan> PlanGameTuning(Session& session, const std::vector<collectors::GameOptions>& games) {
  const auto schemas = ReadGames(session, games);
  if (!schemas) {
    return Fail(schemas.error());
  }
  Plan plan;
  if (schemas->empty()) {
    plan.advice.emplace_back("No schema of this database has a game's table of sessions.");
  }
  for (const GameFacts& facts : *schemas) {
    const GameSchema& game = facts.schema;
    AddRefused(facts, plan);
    const auto added = AddFillfactors(session, game, plan)
                           .and_then([&] { return AddAutovacuumSettings(session, game, plan); })
                           .and_then([&] { return AddIndexes(session, game, plan); });
    if (!added) {
      return Fail(added.error());
    }
  }
  return plan;
}

}  // namespace hakem::dba

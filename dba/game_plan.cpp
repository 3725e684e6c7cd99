#include "dba/game_plan.h"

#include <fmt/format.h>

#include "dba/fillfactor_plan.h"
#include "dba/index_plan.h"
#include "dba/read_facts.h"
#include "dba/script_text.h"

namespace hakem::exporter {
namespace {

using collectors::GameSchema;
using collectors::Session;

void Append(const SetupPlan& part, SetupPlan& plan) {
  plan.steps.insert(plan.steps.end(), part.steps.begin(), part.steps.end());
  plan.advice.insert(plan.advice.end(), part.advice.begin(), part.advice.end());
}

Result<void> AddIndexes(Session& session, const GameSchema& game, SetupPlan& plan) {
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

/// What goes for the whole server is for a person to decide.
Result<void> AddChurn(Session& session, const GameSchema& game, SetupPlan& plan) {
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

Result<void> AddRoom(Session& session, const GameSchema& game, SetupPlan& plan) {
  return ReadFullTables(session, game).transform([&](const std::vector<std::string>& tables) {
    Append(PlanFillfactor(game.name, tables), plan);
  });
}

void AddRefused(const GameFacts& game, SetupPlan& plan) {
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

Result<SetupPlan> PlanGames(Session& session, const std::vector<collectors::GameOptions>& games) {
  const auto schemas = ReadGames(session, games);
  if (!schemas) {
    return Fail(schemas.error());
  }
  SetupPlan plan;
  if (schemas->empty()) {
    plan.advice.emplace_back("No schema of this database has a game's table of sessions.");
  }
  for (const GameFacts& facts : *schemas) {
    const GameSchema& game = facts.schema;
    AddRefused(facts, plan);
    const auto added = AddRoom(session, game, plan)
                           .and_then([&] { return AddChurn(session, game, plan); })
                           .and_then([&] { return AddIndexes(session, game, plan); });
    if (!added) {
      return Fail(added.error());
    }
  }
  return plan;
}

}  // namespace hakem::exporter

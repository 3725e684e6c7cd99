#include "dba/game_facts.h"

#include <fmt/format.h>

#include <utility>

#include "dba/catalog_rows.h"
#include "dba/fillfactor_plan.h"
#include "dba/script_text.h"

namespace hakem::dba {

using collectors::GameOptions;
using collectors::GameSchema;
using collectors::Rows;
using collectors::Session;

namespace {

/// Marks the refused tables as suspended: they are then treated as if they could not be read.
void SuspendRefused(GameFacts& game) {
  for (auto& [name, table] : game.schema.tables) {
    const auto refused = game.refused.find(game.schema.names.TableName(name));
    if (refused != game.refused.end()) {
      table.suspension = refused->second;
    }
  }
}

}  // namespace

Result<GameFacts> ReadGame(Session& session, const GameOptions& game) {
  auto schema = session.Query(collectors::SchemaSql(game)).and_then([&](const Rows& rows) {
    return collectors::ReadGameSchema(rows, game);
  });
  if (!schema || schema->name.empty()) {
    return std::move(schema).transform([](GameSchema none) { return GameFacts{std::move(none)}; });
  }
  if (VisibleText(schema->name) != schema->name) {
    return Fail(ErrorCode::kInvalidInput,
                fmt::format("the schema {} has a game's table of sessions, but characters in its "
                            "name that cannot be seen; name the game's schema under `games` in "
                            "hakem.yml",
                            ScriptIdentifier(schema->name)));
  }
  auto refused = session.Query(RelationCheckSql(*schema)).and_then(ReadRefusedRelations);
  if (!refused) {
    return Fail(refused.error());
  }
  GameFacts facts{*std::move(schema), *std::move(refused)};
  SuspendRefused(facts);
  return facts;
}

Result<std::vector<GameFacts>> ReadGames(Session& session, const std::vector<GameOptions>& games) {
  std::vector<GameFacts> found;
  for (const GameOptions& game : games) {
    auto facts = ReadGame(session, game);
    if (!facts) {
      return Fail(facts.error());
    }
    if (!facts->schema.name.empty()) {
      found.push_back(*std::move(facts));
    }
  }
  return found;
}

Result<std::vector<std::string>> ReadTablesWithoutFillfactor(Session& session,
                                                             const GameSchema& schema) {
  return ReadTexts(session, TablesWithoutFillfactorSql(schema));
}

Result<std::vector<collectors::ChurnWarning>> ReadChurnWarnings(Session& session,
                                                                const GameSchema& schema) {
  return session.Query(collectors::ChurnSql(schema)).and_then([&](const Rows& rows) {
    return collectors::ReadChurn(rows, schema);
  });
}

}  // namespace hakem::dba

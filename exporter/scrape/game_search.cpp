#include "exporter/scrape/game_search.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "collectors/game/schema/schema.h"

namespace hakem::exporter {
namespace {

constexpr std::string_view kOtherDatabases =
    "SELECT datname FROM pg_catalog.pg_database "
    "WHERE datallowconn AND NOT datistemplate AND datname <> pg_catalog.current_database() "
    "AND pg_catalog.has_database_privilege(oid, 'CONNECT') ORDER BY datname LIMIT 101";
constexpr std::size_t kMostDatabases = 100;
constexpr Duration kLongestConnect = std::chrono::seconds(2);

/// The values of the label `game` that the collector `game` wrote.
std::set<std::string, std::less<>> GamesIn(const Snapshot& snapshot) {
  std::set<std::string, std::less<>> games;
  for (const MetricFamily& family : snapshot.families) {
    if (family.name != "game_collection_exact") {
      continue;
    }
    for (const Sample& sample : family.samples) {
      games.emplace(sample.series->labels.Get("game"));
    }
  }
  return games;
}

Result<bool> HasGame(collectors::Session& session, std::span<const collectors::GameOptions> games) {
  for (const collectors::GameOptions& game : games) {
    const auto schema = session.Query(collectors::SchemaSql(game)).and_then([&](const auto& rows) {
      return collectors::ReadGameSchema(rows, game);
    });
    if (!schema) {
      return Fail(schema.error());
    }
    if (!schema->name.empty()) {
      return true;
    }
  }
  return false;
}

bool HasGame(SessionFactory& sessions, const std::string& database,
             std::span<const collectors::GameOptions> games, GameSearch& search) {
  const auto session = sessions.ConnectTo(database, {.connect = kLongestConnect}, {});
  const Result<bool> found =
      session ? HasGame(**session, games) : Result<bool>(Fail(session.error().error));
  search.not_searched += found ? 0U : 1U;
  return found.value_or(false);
}

std::string Quoted(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) {
    list += fmt::format("{}\"{}\"", list.empty() ? "" : ", ", name);
  }
  return list;
}

}  // namespace

std::vector<std::string> MissingGames(std::span<const collectors::GameOptions> games,
                                      const TargetStatus& status, const Snapshot& snapshot) {
  const bool searched = std::any_of(
      status.collectors.begin(), status.collectors.end(), [](const CollectorStatus& collector) {
        return collector.spec->name == "game" && !collector.unmet_requirement && collector.success;
      });
  const auto found = GamesIn(snapshot);
  std::vector<std::string> missing;
  for (const collectors::GameOptions& game : games) {
    if (searched && (game.name.empty() ? found.empty() : !found.contains(game.name))) {
      missing.push_back(!game.name.empty() ? game.name : game.schema);
    }
  }
  return missing;
}

Result<GameSearch> SearchGames(SessionFactory& sessions,
                               std::span<const collectors::GameOptions> games, const Clock& clock,
                               Duration limit) {
  const SteadyTime deadline = clock.SteadyNow() + limit;
  const auto home = sessions.Connect({.connect = kLongestConnect}, {});
  if (!home) {
    return Fail(home.error().error);
  }
  const auto names = (*home)->Query(kOtherDatabases);
  if (!names) {
    return Fail(names.error());
  }
  GameSearch search;
  for (std::size_t row = 0; row < names->size(); ++row) {
    const std::string name(names->Text(row, 0).value_or(""));
    if (row >= kMostDatabases || clock.SteadyNow() >= deadline) {
      search.not_searched += names->size() - row;
      break;
    }
    if (HasGame(sessions, name, games, search)) {
      search.databases.push_back(name);
    }
  }
  return search;
}

std::string DescribeMissingGame(const std::string& database, const std::string& game,
                                const Result<GameSearch>& search) {
  std::string text = fmt::format(
      "the database \"{}\" has no game{}: there is no table of sessions, or it was not read, of "
      "which "
      "the log says why",
      database, game.empty() ? "" : fmt::format(" \"{}\"", game));
  if (!search) {
    return text + fmt::format("; its server's databases could not be searched for one: {}",
                              search.error().message);
  }
  text += search->databases.empty()
              ? "; no other database of this server has one"
              : fmt::format(
                    "; of this server's databases these have one: {} (name it by DB_NAME, "
                    "or by dbname in the data source name)",
                    Quoted(search->databases));
  if (search->not_searched > 0) {
    text += fmt::format("; {} could not be searched", search->not_searched);
  }
  return text;
}

}  // namespace hakem::exporter

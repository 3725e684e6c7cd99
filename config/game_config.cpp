#include "config/game_config.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>
#include <vector>

#include "config/config.h"
#include "model/duration.h"

namespace hakem::exporter {
namespace {

using collectors::GameHistogramBounds;
using collectors::GameNames;
using collectors::GameOptions;
using collectors::GameTableSpec;
using collectors::StatusWords;
using yaml::MapReader;

struct WordsKey {
  std::string_view key;
  std::vector<std::string> StatusWords::*words;
};

constexpr WordsKey kWords[] = {
    {"live", &StatusWords::live},       {"waiting", &StatusWords::waiting},
    {"playing", &StatusWords::playing}, {"in_play", &StatusWords::in_play},
    {"ended", &StatusWords::ended},     {"completed", &StatusWords::completed},
};

struct BoundsKey {
  std::string_view key;
  std::vector<double> GameHistogramBounds::*bounds;
};

constexpr BoundsKey kBounds[] = {
    {"duration", &GameHistogramBounds::duration},
    {"matchmaking_wait", &GameHistogramBounds::matchmaking_wait},
    {"move_response", &GameHistogramBounds::move_response},
};

constexpr std::string_view kSessionsKey = "sessions";

void ReadBounds(MapReader& reader, std::string_view key, std::vector<double>& bounds) {
  std::vector<std::string> texts;
  reader.Texts(key, texts);
  if (texts.empty()) {
    return;
  }
  bounds.clear();
  for (const std::string& text : texts) {
    double bound = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bound);
    if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(bound) ||
        (!bounds.empty() && bound <= bounds.back())) {
      reader.Wrong(
          reader.At(key),
          fmt::format("{}: bounds are ascending numbers of seconds; \"{}\" is not", key, text));
      return;
    }
    bounds.push_back(bound);
  }
}

void ReadTable(MapReader& reader, const GameTableSpec& spec, GameOptions& game) {
  GameNames::Table& names = game.names.tables[std::string(spec.name)];
  reader.Text("table", names.table);
  for (const std::string_view column : spec.columns) {
    std::string theirs;
    reader.Text(column, theirs);
    if (!theirs.empty()) {
      names.columns.insert_or_assign(std::string(column), std::move(theirs));
    }
  }
  if (spec.key == kSessionsKey) {
    for (const WordsKey& words : kWords) {
      reader.Texts(words.key, game.statuses.*words.words);
    }
  }
}

std::string List(const std::vector<std::string>& words) {
  std::vector<std::string> quoted;
  std::transform(words.begin(), words.end(), std::back_inserter(quoted), YamlText);
  return fmt::format("[{}]", fmt::join(quoted, ", "));
}

std::string FormatTable(const GameTableSpec& spec, const GameOptions& game) {
  std::string text =
      fmt::format("{}: {{table: {}", spec.key, YamlText(game.names.TableName(spec.name)));
  for (const std::string_view column : spec.columns) {
    text += fmt::format(", {}: {}", column, YamlText(game.names.ColumnName(spec.name, column)));
  }
  if (spec.key == kSessionsKey) {
    for (const WordsKey& words : kWords) {
      text += fmt::format(", {}: {}", words.key, List(game.statuses.*words.words));
    }
  }
  return text + "}";
}

}  // namespace

void ReadGameOptions(MapReader& reader, GameOptions& game) {
  reader.Text("name", game.name);
  reader.Text("schema", game.schema);
  reader.Length("online_window", game.online_window);
  reader.Length("holdback_cap", game.holdback_cap);
  reader.Boolean("allow_views", game.allow_views);
  reader.Map("histograms", [&](MapReader& histograms) {
    for (const BoundsKey& bounds : kBounds) {
      ReadBounds(histograms, bounds.key, game.bounds.*bounds.bounds);
    }
  });
  reader.Map("tables", [&](MapReader& tables) {
    for (const GameTableSpec& spec : collectors::kGameTables) {
      tables.Map(spec.key, [&](MapReader& table) { ReadTable(table, spec, game); });
    }
  });
}

std::string FormatGameOptions(const GameOptions& game, int indent) {
  const std::string margin(static_cast<std::size_t>(indent), ' ');
  std::string text = fmt::format(
      "{0}- name: {1}\n{0}  schema: {2}\n{0}  online_window: {3}\n{0}  holdback_cap: {4}\n"
      "{0}  allow_views: {5}\n",
      margin, YamlText(game.name), YamlText(game.schema), FormatDuration(game.online_window),
      FormatDuration(game.holdback_cap), game.allow_views);
  text += fmt::format("{}  histograms:\n", margin);
  for (const BoundsKey& bounds : kBounds) {
    text += fmt::format("{}    {}: [{}]\n", margin, bounds.key,
                        fmt::join(game.bounds.*bounds.bounds, ", "));
  }
  text += fmt::format("{}  tables:\n", margin);
  for (const GameTableSpec& spec : collectors::kGameTables) {
    text += fmt::format("{}    {}\n", margin, FormatTable(spec, game));
  }
  return text;
}

}  // namespace hakem::exporter

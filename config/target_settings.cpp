#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "config/keys/key_table.h"
#include "config/settings.h"
#include "format/number.h"

namespace hakem::config {

using collectors::GameNames;
using collectors::GameOptions;
using collectors::GameTableSpec;
using collectors::StatusWords;
using yaml::MapReader;

std::string CheckTargetName(const TargetConfig& target) {
  return target.name.empty() ? "a target needs a name: it becomes the label \"server\"" : "";
}

std::string CheckOnePasswordSource(const TargetConfig& target) {
  return !target.password_file.empty() && !target.password_command.empty()
             ? "password_command: password_file is set already, and only one of them counts"
             : "";
}

namespace values {
namespace {

/// A list of statuses under `tables.sessions`.
struct StatusKey {
  std::string_view name;
  std::vector<std::string> StatusWords::*words;
};

constexpr StatusKey kStatusKeys[] = {
    {"live", &StatusWords::live},       {"waiting", &StatusWords::waiting},
    {"playing", &StatusWords::playing}, {"in_play", &StatusWords::in_play},
    {"ended", &StatusWords::ended},     {"completed", &StatusWords::completed},
};

constexpr std::string_view kSessionsKey = "sessions";

void ReadGameTable(MapReader& reader, const GameTableSpec& spec, GameOptions& game) {
  GameNames::Table& names = game.names.tables[std::string(spec.name)];
  reader.Text("table", names.table);
  for (const std::string_view column : spec.columns) {
    std::string name;
    reader.Text(column, name);
    if (!name.empty()) {
      names.columns.insert_or_assign(std::string(column), std::move(name));
    }
  }
  if (spec.key == kSessionsKey) {
    for (const StatusKey& key : kStatusKeys) {
      reader.Texts(key.name, game.statuses.*key.words);
    }
  }
}

YamlValue PrintGameTable(const GameTableSpec& spec, const GameOptions& game) {
  YamlValue table;
  table.is_on_one_line = true;
  table.At("table").text = YamlText(game.names.TableName(spec.name));
  for (const std::string_view column : spec.columns) {
    table.At(column).text = YamlText(game.names.ColumnName(spec.name, column));
  }
  if (spec.key == kSessionsKey) {
    for (const StatusKey& key : kStatusKeys) {
      table.At(key.name).text = YamlList(game.statuses.*key.words);
    }
  }
  return table;
}

/// Makes the thresholds of a target's only game those of the target: its series need no label
/// `game`.
void MoveThresholdsOfOnlyGame(Thresholds& thresholds) {
  if (thresholds.by_game.size() == 1) {
    thresholds.values = thresholds.by_game.begin()->second;
    thresholds.by_game.clear();
  }
}

}  // namespace

void GameTables::Read(const KeySource& source, GameOptions& game) {
  source.reader.Map(source.name, [&](MapReader& tables) {
    for (const GameTableSpec& spec : collectors::kGameTables) {
      tables.Map(spec.key, [&](MapReader& table) { ReadGameTable(table, spec, game); });
    }
  });
}

YamlValue GameTables::Print(const GameOptions& game) {
  YamlValue tables;
  for (const GameTableSpec& spec : collectors::kGameTables) {
    tables.At(spec.key) = PrintGameTable(spec, game);
  }
  return tables;
}

template <ThresholdScope scope>
void ThresholdValues<scope>::Read(const KeySource& source, Thresholds::Values& value) {
  source.reader.Map(source.name, [&](MapReader& reader) {
    for (std::size_t i = 0; i < kThresholds.size(); ++i) {
      if (kThresholds[i].scope != scope) {
        continue;
      }
      const std::string_view name = kThresholds[i].name;
      reader.Number(name, value[i]);
      if (!std::isfinite(value[i]) || value[i] < 0) {
        reader.Wrong(reader.At(name), fmt::format("{}: a threshold is a number from 0 up", name));
      }
    }
  });
}

template <ThresholdScope scope>
YamlValue ThresholdValues<scope>::Print(const Thresholds::Values& value) {
  YamlValue thresholds;
  for (std::size_t i = 0; i < kThresholds.size(); ++i) {
    if (kThresholds[i].scope == scope) {
      thresholds.At(kThresholds[i].name).text = FormatNumber(value[i], NumberForm::kExposition);
    }
  }
  return thresholds;
}

template <ThresholdScope scope>
void ThresholdValues<scope>::ListPaths(const std::string& path, std::vector<std::string>& paths) {
  for (const ThresholdSpec& spec : kThresholds) {
    if (spec.scope == scope) {
      paths.push_back(fmt::format("{}.{}", path, spec.name));
    }
  }
}

template struct ThresholdValues<ThresholdScope::kGame>;
template struct ThresholdValues<ThresholdScope::kServer>;

void Games::Read(const KeySource& source, TargetConfig& target) {
  Thresholds& thresholds = target.thresholds;
  std::vector<GameOptions> games;
  source.reader.Maps(source.name, [&](MapReader& reader) {
    GameConfig game{.thresholds = thresholds.values};
    ReadKeys<GameConfig>(reader, source.folder, kGameKeys, game);
    if (!thresholds.by_game.emplace(game.options.name, game.thresholds).second) {
      reader.Wrong(reader.At("name"),
                   fmt::format("name: each game needs a name of its own, \"{}\" is taken",
                               game.options.name));
    }
    games.push_back(std::move(game.options));
  });
  if (games.size() > 1 && thresholds.by_game.contains("")) {
    source.Wrong("each of several games needs a name");
  }
  if (!games.empty()) {
    target.games = std::move(games);
  }
  MoveThresholdsOfOnlyGame(thresholds);
}

YamlValue Games::Print(const TargetConfig& target) {
  YamlValue games;
  for (const GameOptions& game : target.games) {
    games.items.push_back(PrintKeys<GameConfig>(
        kGameKeys, {.options = game, .thresholds = target.thresholds.Of(game.name)}));
  }
  return games;
}

void Games::ListPaths(const std::string& path, std::vector<std::string>& paths) {
  ListKeyPaths<GameConfig>(path + "[].", kGameKeys, paths);
}

void Targets::Read(const KeySource& source, Config& config) {
  std::size_t count = 0;
  source.reader.Maps(source.name, [&](MapReader& reader) {
    ++count;
    TargetConfig target;
    target.thresholds.values = config.target.thresholds.values;
    ReadKeys<TargetConfig>(reader, source.folder, kTargetKeys, target);
    config.target = std::move(target);
  });
  if (count != 1) {
    source.Wrong(
        fmt::format("expected one target, found {}: only one is supported for now", count));
  }
}

YamlValue Targets::Print(const Config& config) {
  YamlValue targets;
  targets.items.push_back(PrintKeys<TargetConfig>(kTargetKeys, config.target, kOneLineSections));
  return targets;
}

void Targets::ListPaths(const std::string& path, std::vector<std::string>& paths) {
  ListKeyPaths<TargetConfig>(path + "[].", kTargetKeys, paths);
}

}  // namespace values
}  // namespace hakem::config

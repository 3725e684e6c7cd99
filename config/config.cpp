#include "config/config.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "collectors/core/collector.h"
#include "config/environment.h"
#include "config/game_config.h"
#include "config/limits/memory_facts.h"
#include "format/nearest_name.h"
#include "model/byte_size.h"
#include "model/known_secrets.h"
#include "model/read_file.h"
#include "model/regex.h"
#include "web/external_url.h"
#include "yaml/map_reader.h"

namespace hakem::exporter {
namespace {

using yaml::MapReader;
using yaml::Node;

constexpr Duration kShortestInterval = std::chrono::seconds(1);
/// Twice as long as a query looks back for the last sample of a series.
constexpr Duration kShortestRetention = std::chrono::minutes(10);
constexpr std::uint64_t kFewestBytes = 1U << 20;

/// A path is relative to the folder of the file that has it.
void ReadPath(MapReader& reader, std::string_view key, const std::filesystem::path& folder,
              std::string& target) {
  std::string path;
  reader.Text(key, path);
  if (!path.empty()) {
    target = (folder / path).lexically_normal().string();
  }
}

void ReadThresholds(MapReader& reader, Thresholds::Values& thresholds) {
  for (std::size_t i = 0; i < kThresholds.size(); ++i) {
    const std::string_view name = kThresholds[i].name;
    reader.Number(name, thresholds[i]);
    if (!std::isfinite(thresholds[i]) || thresholds[i] < 0) {
      reader.Wrong(reader.At(name), fmt::format("{}: a threshold is a number from 0 up", name));
    }
  }
}

void ReadGame(MapReader& reader, TargetConfig& target) {
  collectors::GameOptions game;
  ReadGameOptions(reader, game);
  Thresholds::Values thresholds = target.thresholds.values;
  reader.Map("thresholds", [&](MapReader& inner) { ReadThresholds(inner, thresholds); });
  if (!target.thresholds.by_game.emplace(game.name, thresholds).second) {
    reader.Wrong(reader.At("name"),
                 fmt::format("name: each game needs one of its own, \"{}\" is taken", game.name));
  }
  target.games.push_back(std::move(game));
}

/// The thresholds of a target's only game are the target's: its series need no label `game`.
void SettleThresholds(Thresholds& thresholds) {
  if (thresholds.by_game.size() == 1) {
    thresholds.values = thresholds.by_game.begin()->second;
    thresholds.by_game.clear();
  }
}

void ReadTarget(MapReader& reader, const std::filesystem::path& folder, TargetConfig& target) {
  reader.Text("name", target.name);
  if (target.name.empty()) {
    reader.Wrong(reader.At("name"), "a target needs a name: it becomes the label \"server\"");
  }
  std::string dsn;
  reader.Text("dsn", dsn);
  if (Result<Conninfo> conninfo = Conninfo::Parse(Secret(dsn)); conninfo) {
    target.conninfo = *std::move(conninfo);
  } else {
    reader.Wrong(reader.At("dsn"), "dsn: " + conninfo.error().message);
  }
  std::string password;
  reader.Text("password", password);
  if (!password.empty()) {
    target.conninfo.SetPassword(Secret(std::move(password)));
  }
  ReadPath(reader, "password_file", folder, target.password_file);
  reader.Text("password_command", target.password_command);
  if (!target.password_file.empty() && !target.password_command.empty()) {
    reader.Wrong(reader.At("password_command"), "password_command: there is password_file already");
  }
  reader.Map("databases", [&](MapReader& databases) {
    databases.Texts("include", target.databases.include);
    databases.Texts("exclude", target.databases.exclude);
  });
  bool has_games = false;
  reader.Maps("games", [&](MapReader& game) {
    if (!has_games) {
      target.games.clear();
    }
    has_games = true;
    ReadGame(game, target);
  });
  if (target.games.size() > 1 && target.thresholds.by_game.contains("")) {
    reader.Wrong(reader.At("games"), "each of several games needs a name");
  }
  SettleThresholds(target.thresholds);
}

/// A whole number from 1 up.
template <typename Number>
void ReadCount(MapReader& reader, std::string_view key, Number& target) {
  std::int64_t count = target;
  reader.Integer(key, count);
  if (count < 1 || count > 1'000'000) {
    reader.Wrong(reader.At(key), fmt::format("{}: {} is not from 1 to 1000000", key, count));
    return;
  }
  target = static_cast<Number>(count);
}

void ReadStatements(MapReader& reader, collectors::StatementOptions& statements) {
  ReadCount(reader, "limit", statements.limit);
  reader.Boolean("include_query", statements.include_query);
  ReadCount(reader, "query_length", statements.query_length);
  reader.Texts("exclude_databases", statements.exclude_databases);
  reader.Texts("exclude_users", statements.exclude_users);
}

/// What can be set of one collector, besides whether it runs.
void ReadCollectorOptions(MapReader& reader, const std::string& name, CollectConfig& collect) {
  bool enabled = true;
  reader.Boolean("enabled", enabled);
  collect.enabled[name] = enabled;
  if (name == "stat_statements") {
    ReadStatements(reader, collect.statements);
  }
  const auto& all = collectors::kCollectors;
  const auto spec = std::find_if(all.begin(), all.end(),
                                 [&](const auto* candidate) { return candidate->name == name; });
  if (spec == all.end()) {
    return;  // Which is told elsewhere.
  }
  int max_series = (*spec)->default_max_series();
  ReadCount(reader, "max_series", max_series);
  collect.max_series[name] = max_series;
  if ((*spec)->has_limit) {
    int limit = collectors::kDefaultLimit;
    ReadCount(reader, "limit", limit);
    collect.limits[name] = limit;
  }
}

std::vector<std::string_view> CollectorNames() {
  std::vector<std::string_view> names;
  for (const collectors::CollectorSpec* spec : collectors::kCollectors) {
    names.push_back(spec->name);
  }
  return names;
}

void ReadLane(MapReader& reader, std::string_view key, Duration& interval) {
  reader.Length(key, interval);
  if (interval < kShortestInterval) {
    reader.Wrong(reader.At(key), fmt::format("{}: an interval is 1s at least", key));
  }
}

void ReadCollect(MapReader& reader, CollectConfig& collect) {
  reader.Map("lanes", [&](MapReader& lanes) {
    ReadLane(lanes, "fast", collect.fast);
    ReadLane(lanes, "slow", collect.slow);
    if (collect.slow < collect.fast) {
      lanes.Wrong(lanes.At("slow"), "the slow lane's interval is shorter than the fast lane's");
    }
  });
  const std::vector<std::string_view> known = CollectorNames();
  reader.Named("collectors", [&](const Node::Entry& entry, MapReader& options) {
    if (std::find(known.begin(), known.end(), entry.key) == known.end()) {
      options.Wrong(entry.key_node, fmt::format("unknown collector \"{}\"{}", entry.key,
                                                DidYouMean(entry.key, known)));
    }
    ReadCollectorOptions(options, entry.key, collect);
  });
  reader.Length("timeout", collect.timeout);
  if (collect.timeout <= Duration(0)) {
    reader.Wrong(reader.At("timeout"), "timeout: more than 0");
  }
  reader.Number("budget", collect.budget);
  if (!(collect.budget >= 0 && collect.budget <= 1)) {
    reader.Wrong(reader.At("budget"),
                 "budget: a share of one core, from 0 (no limit) to 1: 0.005 is half a percent");
  }
}

void ReadHistory(MapReader& reader, Config& config) {
  tsdb::StoreOptions& history = config.history;
  reader.Length("retention", history.retention);
  if (history.retention < kShortestRetention) {
    reader.Wrong(reader.At("retention"), "retention: the history is kept for 10m at least");
  }
  std::string size;
  reader.Text("max_bytes", size);
  if (size.empty()) {
    return;
  }
  const Result<std::uint64_t> bytes = ParseByteSize(size);
  if (!bytes) {
    reader.Wrong(reader.At("max_bytes"), bytes.error().message);
  } else if (*bytes < kFewestBytes) {
    reader.Wrong(reader.At("max_bytes"), "max_bytes: the history needs 1MiB at least");
  } else {
    history.max_bytes = *bytes;
    config.history_is_sized = true;
  }
}

void ReadAdmin(MapReader& web, web::AdminPolicy& admin) {
  std::string word = "local";
  web.Text("admin", word);
  if (word != "local" && word != "open") {
    web.Wrong(web.At("admin"), fmt::format("admin: \"{}\" is neither local nor open", word));
  }
  admin = word == "open" ? web::AdminPolicy::kOpen : web::AdminPolicy::kLocal;
}

void ReadExternalUrl(MapReader& web, std::string& url) {
  if (url.empty()) {
    return;
  }
  Result<std::string> parsed = web::ParseExternalUrl(url);
  if (parsed) {
    url = *std::move(parsed);
  } else {
    web.Wrong(web.At("external_url"), fmt::format("external_url: {}", parsed.error().message));
  }
}

void ReadFeatures(MapReader& promql, promql::Features& features) {
  std::vector<std::string> names;
  promql.Texts("features", names);
  if (const Result<promql::Features> read = promql::FeaturesNamed(names)) {
    features = *read;
  } else {
    promql.Wrong(promql.At("features"), fmt::format("features: {}", read.error().message));
  }
}

void ReadConfig(MapReader& reader, const std::filesystem::path& folder, Config& config) {
  std::size_t targets = 0;
  reader.Maps("targets", [&](MapReader& target) {
    ++targets;
    TargetConfig read;
    read.thresholds = config.target.thresholds;
    config.target = std::move(read);
    ReadTarget(target, folder, config.target);
  });
  if (targets != 1) {
    reader.Wrong(reader.At("targets"),
                 fmt::format("expected one target, found {}: one is watched for now", targets));
  }
  reader.Map("collect", [&](MapReader& collect) { ReadCollect(collect, config.collect); });
  reader.Map("rules", [&](MapReader& rules) {
    rules.Texts("files", config.rule_files);
    for (std::string& file : config.rule_files) {
      file = (folder / file).lexically_normal().string();
    }
  });
  reader.Map("history", [&](MapReader& history) { ReadHistory(history, config); });
  reader.Map("state", [&](MapReader& state) {
    ReadPath(state, "directory", folder, config.state_directory);
  });
  reader.Map("labels", [&](MapReader& labels) {
    labels.Text("job", config.job);
    labels.Text("instance", config.instance);
  });
  reader.Map("promql", [&](MapReader& promql) { ReadFeatures(promql, config.features); });
  reader.Map("probe", [&](MapReader& probe) {
    probe.Texts("hosts", config.probe.hosts);
    ReadPath(probe, "modules_file", folder, config.probe.modules_file);
  });
  reader.Map("web", [&](MapReader& web) {
    web.Text("listen", config.listen);
    web.Text("telemetry_path", config.telemetry_path);
    if (!config.telemetry_path.starts_with('/')) {
      web.Wrong(web.At("telemetry_path"), "telemetry_path: a path begins with /");
    }
    web.Text("external_url", config.external_url);
    ReadExternalUrl(web, config.external_url);
    web.Text("cors", config.cors);
    if (const Result<Regex> origins = Regex::Compile(config.cors); !origins) {
      web.Wrong(web.At("cors"), fmt::format("cors: {}", origins.error().message));
    }
    ReadPath(web, "config_file", folder, config.web_config_file);
    ReadAdmin(web, config.admin);
  });
}

/// What the two ways to configure have in common.
Result<Config> Defaults(const yaml::Environment& environment) {
  Config config;
  const Result<Thresholds> thresholds = ThresholdsFromEnvironment(environment);
  if (!thresholds) {
    return Fail(thresholds.error());
  }
  config.target.thresholds = *thresholds;
  config.state_directory = StateDirectoryFromEnvironment(environment);
  return config;
}

/// The collector counts long-running games by the same number as the alert.
Config Derived(Config config) {
  for (collectors::GameOptions& game : config.target.games) {
    const double seconds =
        Threshold(config.target.thresholds, "max_game_duration_seconds", game.name);
    game.max_game_duration =
        std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
  }
  return config;
}

/// What must not be seen of a configuration. A password that is also a name which is shown anyway
/// would only be pointed at by being left out.
std::vector<Secret> SecretsOf(const Config& config) {
  constexpr std::size_t kShortestToken = 20;
  const Conninfo& conninfo = config.target.conninfo;
  std::vector<Secret> secrets = conninfo.Secrets();
  std::erase_if(secrets, [&](const Secret& secret) {
    return secret.Reveal() == conninfo.Get("user") || secret.Reveal() == conninfo.Get("dbname") ||
           secret.Reveal() == conninfo.Get("host");
  });
  secrets.emplace_back(config.target.password_command);
  secrets.push_back(config.receivers.smtp_password);
  const std::string& webhook = config.receivers.slack_webhook.Reveal();
  secrets.push_back(config.receivers.slack_webhook);
  const std::size_t host = std::min(webhook.find("://"), webhook.size());
  const std::size_t path = webhook.find('/', std::min(host + 3, webhook.size()));
  if (path != webhook.npos && webhook.size() - path >= kShortestToken) {
    secrets.emplace_back(webhook.substr(path));
  }
  return secrets;
}

}  // namespace

Result<Config> ParseConfig(std::string_view text, std::string_view file,
                           const yaml::Environment& environment) {
  const Result<Node> node = Node::Parse(text, file);
  if (!node) {
    return Fail(node.error());
  }
  Result<Config> config = Defaults(environment);
  if (!config) {
    return config;
  }
  MapReader reader(*node, &environment);
  ReadConfig(reader, std::filesystem::path(file).parent_path(), *config);
  if (Result<void> finished = reader.Finish(); !finished) {
    return Fail(finished.error());
  }
  if (const Result<void> checked = CheckLibpqVariables(config->target.conninfo, environment);
      !checked) {
    return Fail(checked.error());
  }
  return Derived(*std::move(config));
}

Result<Config> ConfigFromEnvironment(const yaml::Environment& environment) {
  Result<Config> config = Defaults(environment);
  if (!config) {
    return config;
  }
  Result<Conninfo> conninfo = ConninfoFromEnvironment(environment);
  if (!conninfo) {
    return Fail(conninfo.error());
  }
  config->target.conninfo = *std::move(conninfo);
  config->target.password_file = PasswordFileFromEnvironment(environment);
  return Derived(*std::move(config));
}

Result<Config> LoadConfig(const std::string& path, const yaml::Environment& environment) {
  Result<Config> config = path.empty() ? ConfigFromEnvironment(environment)
                                       : ReadFile(path).and_then([&](const std::string& text) {
                                           return ParseConfig(text, path, environment);
                                         });
  if (config) {
    for (const Secret& secret : SecretsOf(*config)) {
      AddKnownSecret(secret);
    }
    config->memory =
        DivideMemory(ReadMemoryFacts(), config->history.max_bytes, config->history_is_sized);
    config->history.max_bytes = config->memory.history_bytes;
  }
  return config;
}

}  // namespace hakem::exporter

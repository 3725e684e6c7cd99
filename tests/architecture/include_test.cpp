// Who may include whom: the table is the architecture, and changing a direction changes a line of
// it.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "tests/support/paths.h"

namespace hakem {
namespace {

namespace fs = std::filesystem;

/// A layer, and what of ours it may include besides itself: layers, folders in them, or headers.
struct Layer {
  std::string name;
  std::set<std::string> may_include;
};

/// The lowest layer comes first.
const std::vector<Layer> kLayers{
    {"format", {}},
    {"model", {"format"}},
    {"yaml", {"format", "model"}},
    {"process", {"model"}},
    {"tsdb", {"format", "model"}},
    {"gotemplate", {"format", "model"}},
    {"promql", {"format", "model", "tsdb"}},
    {"collectors", {"format", "model"}},
    {"rules", {"format", "model", "yaml", "tsdb", "gotemplate", "promql"}},
    {"alertmanager", {"format", "model", "gotemplate"}},
    {"state",
     {"model", "tsdb/persistence/history_store.h", "collectors/core/game_store.h",
      "rules/alerts/alert_store.h", "alertmanager/notification_log.h"}},
    {"simulator", {"format", "model"}},
    {"web", {"format", "model", "yaml", "tsdb", "promql", "rules", "alertmanager"}},
    {"ruletools",
     {"format", "model", "yaml", "tsdb", "promql", "rules", "alertmanager", "web/api_v1/request"}},
    {"config",
     {"format", "model", "yaml", "tsdb", "promql", "collectors", "rules", "alertmanager", "web"}},
    {"dba", {"format", "model", "collectors/core", "collectors/game/schema"}},
    {"exporter",
     {"format", "model", "yaml", "process", "tsdb", "gotemplate", "promql", "collectors", "rules",
      "alertmanager", "state", "web", "config", "dba"}},
    {"demo", {"format", "model", "process", "simulator", "web"}},
    {"cli",
     {"format", "model", "yaml", "process", "tsdb", "gotemplate", "promql", "collectors", "rules",
      "alertmanager", "state", "simulator", "web", "ruletools", "config", "dba", "exporter",
      "demo"}},
};

/// The only folders that include each other, because expressions nest: an operator and a function
/// evaluate their operands, each of which may be an operator or a function.
const std::set<std::string> kNestedFolders{"promql/evaluation", "promql/evaluation/functions",
                                           "promql/evaluation/operators"};

/// A third-party header's first path element, and the only files that may include it.
const std::map<std::string, std::set<std::string>> kThirdParty{
    {"tl",
     {"model/result.h", "exporter/session/admin_session.h", "exporter/session/session_factory.h",
      "exporter/session/stepped_connect.h"}},
    {"spdlog", {"model/log.cpp"}},
    {"re2", {"model/regex.cpp"}},
    {"sqlite3.h", {"state/database.cpp"}},
    {"xxhash.h", {"model/labels.cpp", "model/prometheus_hash.cpp"}},
    {"yaml-cpp", {"yaml/parse.cpp"}},
    {"pqxx", {"simulator/database/game_writer.cpp"}},
    {"libpq-fe.h",
     {"config/target/conninfo.cpp", "exporter/session/admin_session.cpp",
      "exporter/session/host_walk.cpp", "exporter/session/notices.cpp",
      "exporter/session/password_verifier.cpp", "exporter/session/stepped_connect.cpp",
      "exporter/session/wire.cpp"}},
    {"civetweb.h", {"web/server/server.cpp"}},
    {"openssl",
     {"web/access/password_check.cpp", "web/access/tls_context.cpp", "web/gateway/channel.cpp"}},
    {"crypt.h", {"web/access/password_check.cpp"}},
    {"zlib.h", {"web/http/gzip.cpp"}},
    {"prometheus", {"exporter/own_metrics/registry_instruments.cpp"}},
    {"nlohmann",
     {"web/pages/graph_page.cpp", "demo/chat_message.cpp", "demo/hakem_client.cpp",
      "alertmanager/notifiers/slack.cpp", "cli/output/alert_list.cpp", "cli/output/api_json.cpp",
      "cli/output/api_json.h", "cli/output/collector_list.cpp", "cli/query/query_answer.cpp",
      "cli/rules/rule_list.cpp", "cli/rules/server_catalogue.cpp"}},
    {"curl", {"exporter/clients/curl_handle.h"}},
    {"CLI", {"cli/line/command_line.cpp", "cli/line/help_format.h", "cli/line/options.cpp"}},
};

struct Include {
  std::string file;  ///< `promql/parsing/parser.cpp`
  int line = 0;
  std::string path;
  bool is_ours = false;  ///< Whether in quotes.
};

std::vector<Include> IncludesOf(const fs::path& source, const std::string& file) {
  static const std::regex pattern(R"(^\s*#\s*include\s*(["<])([^">]+)[">])");
  std::vector<Include> includes;
  std::ifstream stream(source);
  int number = 0;
  for (std::string line; std::getline(stream, line);) {
    ++number;
    if (std::smatch match; std::regex_search(line, match, pattern)) {
      includes.push_back({file, number, match[2], match[1] == "\""});
    }
  }
  return includes;
}

std::vector<Include> AllIncludes() {
  std::vector<Include> all;
  for (const Layer& layer : kLayers) {
    const fs::path root = SourcePath("");
    for (const auto& entry : fs::recursive_directory_iterator(root / layer.name)) {
      const std::string extension = entry.path().extension();
      if (extension == ".h" || extension == ".cpp") {
        const auto found = IncludesOf(entry.path(), fs::relative(entry.path(), root));
        all.insert(all.end(), found.begin(), found.end());
      }
    }
  }
  return all;
}

std::string FirstElement(const std::string& path) {
  return path.substr(0, path.find('/'));
}

/// The folder in which a file lies.
std::string FolderOf(const std::string& path) {
  return path.substr(0, path.rfind('/'));
}

/// Whether `folder` is `ancestor` or lies in it.
bool LiesIn(const std::string& folder, const std::string& ancestor) {
  return folder == ancestor || folder.starts_with(ancestor + "/");
}

bool IsNested(const Include& include) {
  return kNestedFolders.contains(FolderOf(include.file)) &&
         kNestedFolders.contains(FolderOf(include.path));
}

/// Folders, and those that their files include.
using FolderGraph = std::map<std::string, std::set<std::string>>;

/// Adds `folder` and all that it includes, directly or through others.
void AddReachable(const FolderGraph& graph, const std::string& folder,
                  std::set<std::string>& reached) {
  if (!reached.insert(folder).second) {
    return;
  }
  if (const auto included = graph.find(folder); included != graph.end()) {
    for (const std::string& next : included->second) {
      AddReachable(graph, next, reached);
    }
  }
}

TEST(Layers, IncludeOnlyWhatIsBelowThem) {
  std::set<std::string> below;
  for (const Layer& layer : kLayers) {
    for (const std::string& other : layer.may_include) {
      EXPECT_TRUE(below.contains(FirstElement(other))) << layer.name << " is below " << other;
    }
    below.insert(layer.name);
  }
}

TEST(Includes, FollowTheDirectionsOfTheTable) {
  std::map<std::string, std::set<std::string>> may_include;
  for (const Layer& layer : kLayers) {
    may_include.emplace(layer.name, layer.may_include);
  }
  const std::vector<Include> includes = AllIncludes();
  ASSERT_GT(includes.size(), 100U) << "the sources were not found";
  for (const Include& include : includes) {
    if (!include.is_ours) {
      continue;
    }
    const std::string from = FirstElement(include.file);
    const auto& allowed = may_include.at(from);
    EXPECT_TRUE(from == FirstElement(include.path) ||
                allowed.contains(FirstElement(include.path)) ||
                allowed.contains(FolderOf(include.path)) || allowed.contains(include.path))
        << include.file << ":" << include.line << ": " << from << " may not include "
        << include.path;
  }
}

TEST(Folders, DoNotIncludeEachOther) {
  const std::vector<Include> includes = AllIncludes();
  FolderGraph graph;
  for (const Include& include : includes) {
    if (include.is_ours && FolderOf(include.file) != FolderOf(include.path)) {
      graph[FolderOf(include.file)].insert(FolderOf(include.path));
    }
  }
  std::map<std::string, std::set<std::string>> reached;
  for (const auto& [folder, unused] : graph) {
    AddReachable(graph, folder, reached[folder]);
  }
  for (const Include& include : includes) {
    const std::string from = FolderOf(include.file);
    const std::string to = FolderOf(include.path);
    if (!include.is_ours || from == to || IsNested(include)) {
      continue;
    }
    EXPECT_FALSE(reached[to].contains(from))
        << include.file << ":" << include.line << ": " << to << " includes " << from
        << " already, directly or through other folders";
  }
}

TEST(Folders, HaveInTheirRootOnlyWhatUsesTheirSubfolders) {
  for (const Include& include : AllIncludes()) {
    const std::string from = FolderOf(include.file);
    const std::string to = FolderOf(include.path);
    if (!include.is_ours || from == to || IsNested(include)) {
      continue;
    }
    EXPECT_FALSE(LiesIn(from, to)) << include.file << ":" << include.line << ": " << include.path
                                   << " belongs into a subfolder of " << to;
  }
}

TEST(Includes, KeepEachLibraryInItsFiles) {
  for (const Include& include : AllIncludes()) {
    const auto rule = kThirdParty.find(FirstElement(include.path));
    if (include.is_ours || rule == kThirdParty.end()) {
      continue;
    }
    EXPECT_TRUE(rule->second.contains(include.file))
        << include.file << ":" << include.line << ": <" << include.path
        << "> may be included by these alone: " << testing::PrintToString(rule->second);
  }
}

TEST(Folders, HaveNoDumpingGround) {
  const std::set<std::string> forbidden{"util", "utils", "common", "helpers",
                                        "misc", "base",  "impl"};
  for (const Layer& layer : kLayers) {
    for (const auto& entry :
         fs::recursive_directory_iterator(fs::path(SourcePath("")) / layer.name)) {
      EXPECT_FALSE(forbidden.contains(entry.path().stem())) << entry.path();
    }
  }
}

}  // namespace
}  // namespace hakem

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

/// A folder, and the folders (or single headers) of ours it may include besides itself.
const std::map<std::string, std::set<std::string>> kMayInclude{
    {"model", {}},
    {"yaml", {"model"}},
    {"tsdb", {"model"}},
    {"template", {"model"}},
    {"promql", {"model", "tsdb"}},
    {"collectors", {"model"}},
    {"rules", {"model", "yaml", "promql", "template", "tsdb"}},
    {"alertmanager", {"model", "template"}},
    {"state", {"model", "collectors/core/game_store.h", "tsdb/persistence/history_store.h"}},
    {"simulator", {"model"}},
    {"web", {"model", "yaml", "tsdb", "promql", "rules", "alertmanager"}},
    {"demo", {"model", "simulator", "web"}},
    {"exporter",
     {"model", "yaml", "tsdb", "template", "promql", "collectors", "rules", "alertmanager", "state",
      "simulator", "web", "demo"}},
};

/// A third-party header's first path element, and the only files that may include it.
const std::map<std::string, std::set<std::string>> kThirdParty{
    {"tl",
     {"model/result.h", "exporter/session/session_factory.h", "exporter/session/stepped_connect.h",
      "exporter/setup/admin_session.h"}},
    {"spdlog", {"model/log.cpp"}},
    {"re2", {"model/regex.cpp"}},
    {"sqlite3.h", {"state/database.cpp"}},
    {"xxhash.h", {"model/labels.cpp", "model/prometheus_hash.cpp"}},
    {"yaml-cpp", {"yaml/node.cpp"}},
    {"pqxx", {"simulator/database/game_writer.cpp"}},
    {"libpq-fe.h",
     {"exporter/config/conninfo.cpp", "exporter/session/host_walk.cpp",
      "exporter/session/notices.cpp", "exporter/session/password_verifier.cpp",
      "exporter/session/stepped_connect.cpp", "exporter/session/wire.cpp",
      "exporter/setup/admin_session.cpp"}},
    {"civetweb.h", {"web/server/server.cpp"}},
    {"openssl",
     {"web/access/password_check.cpp", "web/gateway/channel.cpp", "web/access/tls_context.cpp"}},
    {"crypt.h", {"web/access/password_check.cpp"}},
    {"zlib.h", {"web/exposition/gzip.cpp"}},
    {"prometheus", {"exporter/own_metrics/registry_instruments.cpp"}},
    {"nlohmann",
     {"web/api_v1/rules/rules.cpp", "web/pages/graph_page.cpp", "demo/chat_message.cpp",
      "demo/hakem_client.cpp", "alertmanager/notifiers/slack.cpp",
      "exporter/commands/alert_list.cpp", "exporter/commands/query/query_answer.cpp",
      "exporter/commands/snapshot_json.cpp", "exporter/commands/collector_list.cpp",
      "exporter/scrape/collectors_json.cpp"}},
    {"curl", {"exporter/clients/curl_handle.h"}},
    {"CLI", {"exporter/commands/line/cli.cpp", "exporter/commands/line/option_kinds.h"}},
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
  for (const auto& [folder, unused] : kMayInclude) {
    const fs::path root = SourcePath("");
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
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

TEST(Includes, FollowTheDirectionsOfTheTable) {
  const std::vector<Include> includes = AllIncludes();
  ASSERT_GT(includes.size(), 100U) << "the sources were not found";
  for (const Include& include : includes) {
    if (!include.is_ours) {
      continue;
    }
    const std::string from = FirstElement(include.file);
    const std::string to = FirstElement(include.path);
    EXPECT_TRUE(from == to || kMayInclude.at(from).contains(to) ||
                kMayInclude.at(from).contains(include.path))
        << include.file << ":" << include.line << ": " << from << " may not include "
        << include.path;
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
  for (const auto& [folder, unused] : kMayInclude) {
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(SourcePath("")) / folder)) {
      EXPECT_FALSE(forbidden.contains(entry.path().stem())) << entry.path();
    }
  }
}

}  // namespace
}  // namespace hakem

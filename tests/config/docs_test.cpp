// docs/configuration.md lists every key and every flag, and no others.
#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <string>

#include "config/config.h"
#include "config/peer_flags.h"
#include "tests/support/matchers.h"
#include "tests/support/paths.h"
#include "yaml/node.h"

namespace hakem::exporter {
namespace {

using yaml::Node;

/// What the documentation tells once for all: names that stand for many.
std::string Documented(std::string path) {
  constexpr std::string_view kCollectors = "collect.collectors.";
  constexpr std::string_view kTables = "targets[].games[].tables";
  if (path.starts_with(kCollectors)) {
    path = std::string(kCollectors) + "NAME" + path.substr(path.rfind('.'));
  }
  return path.starts_with(kTables) ? std::string(kTables) : path;
}

void AddKeys(const Node& node, const std::string& path, std::set<std::string>& keys) {
  if (node.kind() == Node::Kind::kMap) {
    for (const Node::Entry& entry : node.entries()) {
      AddKeys(entry.value, path.empty() ? entry.key : path + "." + entry.key, keys);
    }
  } else if (node.kind() == Node::Kind::kList && !node.items().empty() &&
             node.items().front().kind() == Node::Kind::kMap) {
    AddKeys(node.items().front(), path + "[]", keys);
  } else {
    keys.insert(Documented(path));
  }
}

/// The first cells of the document's tables: `name` of "| `name` | …".
std::set<std::string> FirstCells() {
  std::ifstream file(SourcePath("docs/configuration.md"));
  std::set<std::string> cells;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("| `")) {
      cells.insert(line.substr(3, line.find('`', 3) - 3));
    }
  }
  return cells;
}

TEST(ConfigurationDocumentation, ListsEveryKeyAndFlag) {
  Config config;
  config.target.name = "hokm";
  config.target.password_file = "file";
  config.target.password_command = "command";
  const Result<Node> shown = Node::Parse(FormatConfig(config), "shown");
  ASSERT_THAT(shown, IsOk());
  std::set<std::string> expected{"targets[].password"};  // Shown within the dsn.
  AddKeys(*shown, "", expected);
  for (const PeerFlag& flag : PeerFlags()) {
    expected.emplace(flag.name);
  }
  EXPECT_EQ(FirstCells(), expected);
}

}  // namespace
}  // namespace hakem::exporter

// docs/configuration.md lists every key and every flag, and no others.
#include <gmock/gmock.h>

#include <fstream>
#include <set>
#include <string>

#include "config/peer_flags.h"
#include "config/settings.h"
#include "tests/support/paths.h"

namespace hakem::config {
namespace {

/// Returns the first cells of the document's tables: `name` of "| `name` | …".
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
  std::set<std::string> expected;
  for (const std::string& path : ConfigKeyPaths()) {
    expected.insert(path);
  }
  for (const PeerFlag& flag : PeerFlags()) {
    expected.emplace(flag.name);
  }
  EXPECT_EQ(FirstCells(), expected);
}

}  // namespace
}  // namespace hakem::config

// docs/http_api.md must list every endpoint, and no others.

#include <gmock/gmock.h>

#include <fstream>
#include <set>
#include <string>

#include "tests/support/paths.h"
#include "tests/web/fake_program.h"
#include "web/routes.h"

namespace hakem::web {
namespace {

/// The rows of the tables, as `GET /api/v1/query` for each path and method. A row may name several
/// paths.
std::set<std::string> Documented() {
  std::set<std::string> endpoints;
  std::ifstream file(SourcePath("docs/http_api.md"));
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("| `/")) {
      continue;
    }
    const auto paths_end = line.find(" | ");
    const std::string methods = line.substr(paths_end, line.find(" | ", paths_end + 3) - paths_end);
    for (auto open = line.find('`'); open < paths_end;) {
      const auto close = line.find('`', open + 1);
      for (const std::string method : {"GET", "POST"}) {
        if (methods.find(method) != methods.npos) {
          endpoints.insert(method + " " + line.substr(open + 1, close - open - 1));
        }
      }
      open = line.find('`', close + 1);
    }
  }
  return endpoints;
}

TEST(EndpointDocs, ListEveryEndpointAndNoOther) {
  FakeProgram program;
  std::set<std::string> served;
  for (const Route& route : MakeRoutes(program.Context())) {
    served.insert(std::string(route.method) + " " + std::string(route.path));
  }
  EXPECT_EQ(Documented(), served);
}

}  // namespace
}  // namespace hakem::web

// docs/http_api.md lists the endpoints: every one, and no other.

#include <gmock/gmock.h>

#include <fstream>
#include <set>
#include <string>

#include "tests/support/paths.h"
#include "tests/web/api_v1/api_fixture.h"

namespace hakem::web {
namespace {

/// `GET /api/v1/query`, for each path and method of the table.
std::set<std::string> Documented() {
  std::set<std::string> endpoints;
  std::ifstream file(SourcePath("docs/http_api.md"));
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("| `/")) {
      continue;
    }
    const auto path_end = line.find('`', 3);
    const std::string path = line.substr(3, path_end - 3);
    const std::string methods = line.substr(path_end, line.find('|', path_end + 3) - path_end);
    for (const std::string method : {"GET", "POST"}) {
      if (methods.find(method) != methods.npos) {
        endpoints.insert(method + " " + path);
      }
    }
  }
  return endpoints;
}

using ApiDocs = ApiFixture;

TEST_F(ApiDocs, ListEveryEndpointAndNoOther) {
  std::set<std::string> served;
  for (const Route& route : PrometheusApiRoutes({.store = *store_,
                            .snapshot = snapshot_,
                            .rules = rules_,
                            .imported = imported_,
                            .config_yaml = config_yaml_,
                            .clock = clock_})) {
    served.insert(std::string(route.method) + " " + std::string(route.path));
  }
  EXPECT_EQ(Documented(), served);
}

}  // namespace
}  // namespace hakem::web

#include "tests/support/programs/outlets.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/support/http/http_get.h"
#include "tests/support/paths.h"
#include "tests/support/programs/hakem_process.h"

namespace hakem {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kNoServer = "http://127.0.0.1:1";

std::string TextOf(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// The parameters with which an endpoint responds with the most.
std::string Parameters(const std::string& path) {
  static const std::map<std::string, std::string> parameters{
      {"/api/v1/query", "query=%7B__name__!=%22%22%7D"},
      {"/api/v1/query_range", "query=pg_up&start=0&end=10&step=1"},
      {"/api/v1/query_exemplars", "query=pg_up&start=0&end=10"},
      {"/api/v1/format_query", "query=pg_up"},
      {"/api/v1/parse_query", "query=pg_up"},
      {"/api/v1/series", "match[]=%7B__name__!=%22%22%7D"},
      {"/federate", "match[]=%7B__name__!=%22%22%7D"},
      {"/graph", "g0.expr=%7B__name__!=%22%22%7D"},
      {"/query", "g0.expr=%7B__name__!=%22%22%7D"},
      {"/probe", "target=127.0.0.1:1&auth_module=m"}};
  const auto found = parameters.find(path);
  return found == parameters.end() ? "" : "?" + found->second;
}

/// A row of docs/http_api.md, such as "| `/primary`, `/read-write` | GET | …".
struct Endpoints {
  std::vector<std::string> paths;
  std::vector<std::string> methods;
};

Endpoints ReadRow(const std::string& line) {
  Endpoints row;
  const std::size_t paths_end = line.find(" | ");
  const std::string methods = line.substr(paths_end, line.find(" | ", paths_end + 3) - paths_end);
  for (std::size_t open = line.find('`'); open < paths_end;) {
    const std::size_t close = line.find('`', open + 1);
    row.paths.push_back(line.substr(open + 1, close - open - 1));
    open = line.find('`', close + 1);
  }
  for (const std::string method : {"GET", "POST"}) {
    if (methods.find(method) != methods.npos) {
      row.methods.push_back(method);
    }
  }
  return row;
}

std::string Ask(std::uint16_t port, const std::string& method, std::string path,
                std::string_view headers) {
  if (const std::size_t name = path.find("{name}"); name != path.npos) {
    path.replace(name, 6, "server");
  }
  const std::string query = Parameters(path);
  const auto reply = HttpConnection(port).Exchange(HttpRequestText(method, path + query, headers));
  return reply ? reply->head + "\n" + reply->body : reply.error().message;
}

}  // namespace

std::vector<std::vector<std::string>> ConfiguredCommands() {
  return {{"config", "--show", "--log-level", "debug"},
          {"config"},
          {"collect", "--log-level", "debug", "--log-format", "json"},
          {"collect", "--format", "json", "--log-level", "debug"},
          {"alerts", "--server", kNoServer, "--log-level", "debug"},
          {"explain", "collectors", "--server", kNoServer, "--log-level", "debug"},
          {"setup"},
          {"setup", "--dry-run"},
          {"setup", "--indexes", "--dry-run"}};
}

std::vector<std::vector<std::string>> OtherCommands(int silent_port) {
  return {{"simulate", "--duration", "1s", "--log-level", "debug"},
          {"simulate", "--history", "1", "--moves", "10", "--log-level", "debug"},
          {"query", "up", "--server", kNoServer},
          {"explain", "rule", "LowActivity", "--server", kNoServer},
          {"check", "rules", SourcePath("rules/definitions/gaming.yml")},
          {"test", "rules", SourcePath("tests/rules/gaming_test.yml")},
          {"backtest", SourcePath("rules/definitions/gaming.yml"), "--state.directory", "/nowhere"},
          {"demo", "--port", std::to_string(silent_port)},
          {"version"},
          {"serve", "--web.listen-address", fmt::format("127.0.0.1:{}", silent_port)},
          {"--help"}};
}

Outlets RunCommands(const std::vector<std::vector<std::string>>& commands,
                    const std::map<std::string, std::string>& environment,
                    const std::vector<std::string>& more) {
  Outlets outlets;
  for (std::vector<std::string> words : commands) {
    words.insert(words.end(), more.begin(), more.end());
    const ProgramRun run = RunHakem(words, environment);
    const std::string name = fmt::format("hakem {}", fmt::join(words, " "));
    EXPECT_NE(run.status, -1) << name << " hangs: " << run.errors;
    EXPECT_THAT(run.errors, Not(HasSubstr("; see hakem "))) << name;
    EXPECT_THAT(run.errors, Not(HasSubstr("Usage:"))) << name;
    outlets[name] = run.output + run.errors;
  }
  return outlets;
}

Outlets RequestEveryEndpoint(std::uint16_t port, std::string_view headers) {
  Outlets outlets;
  std::ifstream file(SourcePath("docs/http_api.md"));
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("| `/")) {
      const Endpoints row = ReadRow(line);
      for (const std::string& path : row.paths) {
        for (const std::string& method : row.methods) {
          outlets[fmt::format("{} {}", method, path)] = Ask(port, method, path, headers);
        }
      }
    }
  }
  EXPECT_GT(outlets.size(), 50U);
  return outlets;
}

Outlets FilesIn(const std::string& folder) {
  Outlets outlets;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) {
      outlets[entry.path()] = TextOf(entry.path());
    }
  }
  return outlets;
}

std::string AllText(const Outlets& outlets) {
  std::string all;
  for (const auto& [place, text] : outlets) {
    all += text + '\n';
  }
  return all;
}

void ExpectNowhere(std::string_view secret, const Outlets& outlets) {
  for (const auto& [place, text] : outlets) {
    const std::size_t found = text.find(secret);
    EXPECT_EQ(found, text.npos) << "a secret is seen in " << place << ":\n"
                                << text.substr(found > 500 ? found - 500 : 0, 1000);
  }
}

}  // namespace hakem

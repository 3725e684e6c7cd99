// Expressions and files that nest up to the limit and beyond, wherever Hakem reads them: on the
// server's workers, on the rules thread, and in commands with a small `ulimit -s`.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "promql/parsing/parser.h"
#include "tests/support/http/url.h"
#include "tests/support/paths.h"
#include "tests/support/programs/hakem_process.h"
#include "tests/support/programs/shell.h"
#include "tests/support/promql/deep_forms.h"

namespace hakem {
namespace {

using testing::AnyOf;
using testing::HasSubstr;

constexpr std::uint64_t kSeed = 20261130;
constexpr std::size_t kGenerated = 10;
constexpr std::size_t kPrettyBytes = 4096;  // More lines than that take seconds to lay out.
constexpr std::size_t kFarBeyondBytes = 60'000;
constexpr std::string_view kForm = "Content-Type: application/x-www-form-urlencoded\r\n";
constexpr std::string_view kTooDeep = "nested more than 512 levels deep";

class Depths : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    std::filesystem::create_directory(Folder());
    std::ofstream(Folder() + "/a.om")
        << "# TYPE a gauge\na{i=\"1\"} 1 600\na{i=\"1\"} 2 660\na{i=\"2\"} 3 660\n# EOF\n";
  }

  static void TearDownTestSuite() { std::filesystem::remove_all(Folder()); }

  static std::string Folder() {
    return fmt::format("{}/hakem-depth-{}", std::filesystem::temp_directory_path().string(),
                       getpid());
  }

  static std::string Write(const std::string& name, const std::string& text) {
    std::ofstream(Folder() + "/" + name) << text;
    return Folder() + "/" + name;
  }

  /// The status of the response to a POST; 0 without a response.
  static int Status(const ServingHakem& hakem, std::string_view path, const std::string& query) {
    HttpConnection connection(hakem.port());
    const auto reply = connection.Exchange(
        HttpRequestText("POST", path, kForm,
                        "time=660&start=600&end=660&step=30&match[]=a&query=" + UrlEncoded(query)));
    return reply ? reply->status : 0;
  }

  /// Runs the program with the smallest possible stack for its first thread.
  static ShellOutput RunOnSmallStack(const std::string& arguments) {
    return RunShell("ulimit -s 128; exec " + ShellWord(HakemProgram()) + " " + arguments + " 2>&1");
  }
};

TEST_F(Depths, AreHandledByTheServersThreads) {
  const auto hakem = ServingHakem::Start(
      {}, {"--import", Folder() + "/a.om", "--enable-feature",
           "promql-experimental-functions,promql-duration-expr,promql-extended-range-selectors"});
  ASSERT_TRUE(hakem) << hakem.error().message;
  std::vector<DeepForm> forms = DeepForms();
  for (std::uint64_t seed = kSeed; seed < kSeed + kGenerated; ++seed) {
    forms.push_back(RandomDeepForm(seed));
  }
  for (const DeepForm& form : forms) {
    SCOPED_TRACE(form.open + "…" + form.close);
    const std::size_t deepest = form.Deepest();
    for (const std::string_view page : {"query", "query_range"}) {
      EXPECT_THAT(Status(**hakem, fmt::format("/api/v1/{}", page), form.Nested(deepest)),
                  AnyOf(200, 422))
          << page;
    }
    for (const std::string_view page : {"query_exemplars", "parse_query", "format_query"}) {
      if (page == "format_query" && form.Nested(deepest).size() > kPrettyBytes) {
        continue;
      }
      EXPECT_EQ(Status(**hakem, fmt::format("/api/v1/{}", page), form.Nested(deepest)), 200)
          << page;
    }
    for (const std::string_view page :
         {"query", "query_range", "query_exemplars", "format_query", "parse_query"}) {
      for (const std::size_t times :
           {deepest + 1, kFarBeyondBytes / (form.open.size() + form.close.size())}) {
        EXPECT_EQ(Status(**hakem, fmt::format("/api/v1/{}", page), form.Nested(times)), 400)
            << page << " " << times;
      }
    }
  }
  const std::string brackets(100'000, '(');
  for (const std::string_view page : {"series", "labels"}) {
    HttpConnection connection((*hakem)->port());
    const auto reply = connection.Exchange(
        HttpRequestText("POST", fmt::format("/api/v1/{}", page), kForm, "match[]=" + brackets));
    ASSERT_TRUE(reply) << page;
    EXPECT_EQ(reply->status, 400);
  }
  EXPECT_EQ(HttpGet((*hakem)->port(), "/federate?match[]=" + std::string(5'000, '('))->status, 400);
}

TEST_F(Depths, AreEvaluatedAsRulesAndRejectedAtAReload) {
  std::string rules = "groups:\n- name: deep\n  rules:\n";
  std::size_t alert = 0;
  for (const DeepForm& form : DeepForms()) {
    // No experimental features are enabled, so rule files cannot use them.
    if (const std::string expr = form.Nested(form.Deepest() - 1); promql::Parse(expr)) {
      rules += fmt::format("  - alert: A{}\n    expr: '{}'\n", ++alert, expr);
    }
  }
  ASSERT_GT(alert, 20U);
  const std::string config =
      Write("hakem.yml", fmt::format("targets: [{{name: t, dsn: 'host=127.0.0.1 port=1'}}]\n"
                                     "collect: {{lanes: {{fast: 1s}}}}\nrules: {{files: [{}]}}\n",
                                     Write("rules.yml", rules)));
  const auto hakem = ServingHakem::Start({}, {"--config", config});
  ASSERT_TRUE(hakem) << hakem.error().message;
  EXPECT_TRUE(Eventually(std::chrono::seconds(20), [&] {
    const std::string page = (*hakem)->Page("/api/v1/rules");
    return page.find(R"("name":"A)") != page.npos &&
           page.find(R"("health":"unknown")") == page.npos;
  })) << (*hakem)->Log();
  Write("rules.yml", fmt::format("groups: [{{name: g, rules: [{{alert: A, expr: '{}a'}}]}}]\n",
                                 std::string(60'000, '-')));
  HttpConnection connection((*hakem)->port());
  const auto reloaded = connection.Exchange(
      "POST /-/reload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");
  ASSERT_TRUE(reloaded);
  EXPECT_EQ(reloaded->status, 500);
  EXPECT_THAT(reloaded->body, HasSubstr(std::string(kTooDeep)));
  Write("rules.yml", std::string(100'000, '['));
  (*hakem)->Signal(SIGHUP);
  EXPECT_TRUE(Eventually(std::chrono::seconds(10), [&] {
    return (*hakem)->Log().find(": nested too deeply") != std::string::npos;
  })) << (*hakem)->Log();
  EXPECT_EQ(HttpGet((*hakem)->port(), "/api/v1/rules")->status, 200);
}

TEST_F(Depths, AreHandledByCommandsWithAnyStackLimit) {
  for (const DeepForm& form : DeepForms()) {
    SCOPED_TRACE(form.open + "…" + form.close);
    const std::size_t deepest = form.Deepest();
    const std::string command = fmt::format(
        "query --data {}/a.om --time 660 "
        "--enable-feature=promql-experimental-functions,promql-duration-expr ",
        Folder());
    EXPECT_THAT(RunOnSmallStack(command + ShellWord("0"
                                                    "+"
                                                    "(" +
                                                    form.Nested(deepest - 2) + ")"))
                    .status,
                AnyOf(0, 1, 2));
    const ShellOutput beyond =
        RunOnSmallStack(command + "-- " + ShellWord(form.Nested(deepest + 1)));
    EXPECT_EQ(beyond.status, 2) << beyond.text.substr(0, 1000);
  }
  const std::string rules =
      Write("deep.yml", fmt::format("groups: [{{name: g, rules: [{{alert: A, expr: '{}a'}}]}}]\n",
                                    std::string(60'000, '-')));
  const std::string config = Write(
      "deep-config.yml",
      fmt::format("targets: [{{name: t, dsn: 'host=127.0.0.1 port=1'}}]\nrules: {{files: [{}]}}\n",
                  rules));
  for (const std::string_view command : {"alerts", "config", "serve"}) {
    const ShellOutput refused =
        RunOnSmallStack(fmt::format("{} --config {}{}", command, config,
                                    command == "alerts" ? " --server http://127.0.0.1:1" : ""));
    EXPECT_EQ(refused.status, 2) << command << refused.text.substr(0, 1000);
    EXPECT_THAT(refused.text, HasSubstr(std::string(kTooDeep))) << command;
  }
  for (const std::string& text : {std::string(100'000, '['), std::string(100'000, '{'), [] {
                                    std::string nested;
                                    for (int i = 0; i < 3'000; ++i) {
                                      nested +=
                                          std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
                                    }
                                    return nested;
                                  }()}) {
    const ShellOutput refused = RunOnSmallStack("config --config " + Write("nested.yml", text));
    EXPECT_EQ(refused.status, 2) << refused.text.substr(0, 1000);
  }
}

}  // namespace
}  // namespace hakem

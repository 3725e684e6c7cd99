// Runs scripts in Prometheus' PromQL test language: Hakem's own, and Prometheus' if available (in
// HAKEM_PROMQLTEST_DIR, else in ../shared/promqltest beside the repository).

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/promqltest/runner.h"
#include "tests/support/matchers.h"
#include "tests/support/paths.h"

namespace hakem::promql {
namespace {

namespace fs = std::filesystem;
using promqltest::RunScript;
using promqltest::Tally;

Result<Tally> RunFile(const fs::path& path) {
  std::ifstream stream(path);
  const std::string script{std::istreambuf_iterator<char>(stream), {}};
  return RunScript(script, [&](int line, std::string_view verdict, std::string_view why) {
    if (verdict == "failed") {
      ADD_FAILURE() << path.string() << ":" << line << ": " << why;
    }
  });
}

std::vector<std::string> OwnScripts() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(SourcePath("tests/promql/testdata"))) {
    names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

class OwnScript : public testing::TestWithParam<std::string> {};

TEST_P(OwnScript, Passes) {
  const auto tally =
      RunFile(fs::path(SourcePath("tests/promql/testdata")) / (GetParam() + ".test"));
  ASSERT_THAT(tally, IsOk());
  EXPECT_GT(tally->passed, 0);
  EXPECT_EQ(tally->skipped, 0);
}

INSTANTIATE_TEST_SUITE_P(Testdata, OwnScript, testing::ValuesIn(OwnScripts()),
                         [](const auto& script) { return script.param; });

/// A file of Prometheus' suite, and how many of its cases pass without native histograms.
struct UpstreamScript {
  const char* name;
  int least_passed;
};

void PrintTo(const UpstreamScript& script, std::ostream* out) {
  *out << script.name;
}

fs::path UpstreamDirectory() {
  const char* configured = std::getenv("HAKEM_PROMQLTEST_DIR");
  return configured != nullptr ? fs::path(configured)
                               : fs::path(SourcePath("../shared/promqltest"));
}

class PrometheusScript : public testing::TestWithParam<UpstreamScript> {};

TEST_P(PrometheusScript, Passes) {
  const fs::path path = UpstreamDirectory() / (std::string(GetParam().name) + ".test");
  if (!fs::exists(path)) {
    GTEST_SKIP() << path << " is absent; set HAKEM_PROMQLTEST_DIR";
  }
  const auto tally = RunFile(path);
  ASSERT_THAT(tally, IsOk());
  EXPECT_EQ(tally->failed, 0);
  EXPECT_GE(tally->passed, GetParam().least_passed);
}

INSTANTIATE_TEST_SUITE_P(
    Suite, PrometheusScript,
    testing::Values(UpstreamScript{"aggregators", 126}, UpstreamScript{"duration_expression", 59},
                    UpstreamScript{"extended_vectors", 123}, UpstreamScript{"functions", 380},
                    UpstreamScript{"histograms", 93}, UpstreamScript{"literals", 25},
                    UpstreamScript{"operators", 145}, UpstreamScript{"trig_functions", 19},
                    UpstreamScript{"type_and_unit", 58}),
    [](const auto& script) { return std::string(script.param.name); });

}  // namespace
}  // namespace hakem::promql

// Runs `hakem demo` from start to end, as a user does, and checks that it leaves nothing behind.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "process/child_process.h"
#include "process/private_postgres.h"
#include "tests/support/matchers.h"
#include "tests/support/paths.h"
#include "tests/support/programs/hakem_process.h"
#include "web/server/server.h"

namespace hakem {
namespace {

using testing::HasSubstr;
using testing::Not;

/// A demo with its own temporary folder.
class DemoTest : public testing::Test {
 protected:
  DemoTest() {
    // PostgreSQL does not run as root and must be able to enter the folder.
    folder_ = std::filesystem::temp_directory_path() / fmt::format("hakem-demo-test-{}", getpid());
    std::filesystem::create_directory(folder_);
  }

  ~DemoTest() override { std::filesystem::remove_all(folder_); }

  process::ChildProcess StartDemo(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(),
                     {HakemProgram(), "demo", "--port", fmt::format("{}", port_)});
    auto process =
        process::ChildProcess::Start({.argv = std::move(arguments),
                                      .environment = {{"TMPDIR", folder_ / "tmp"}},
                                      .standard_output = process::Output::ToFile(output_path()),
                                      .standard_error = process::Output::ToFile(output_path())});
    if (!process) {
      throw std::runtime_error(process.error().message);
    }
    return *std::move(process);
  }

  void SetUp() override { std::filesystem::create_directory(folder_ / "tmp"); }

  std::string output_path() const { return folder_ / "output"; }

  std::string Output() const {
    std::ifstream file(output_path());
    return {std::istreambuf_iterator<char>(file), {}};
  }

  /// The contents of the temporary folder.
  std::vector<std::string> LeftBehind() const {
    std::vector<std::string> left;
    for (const auto& entry : std::filesystem::directory_iterator(folder_ / "tmp")) {
      left.push_back(entry.path().filename());
    }
    return left;
  }

  const int port_ = process::FreePort();
  std::filesystem::path folder_;
};

TEST_F(DemoTest, ShowsAnAlertFromItsCauseToItsEnd) {
  process::ChildProcess demo = StartDemo({"--seconds", "120"});
  EXPECT_EQ(demo.WaitFor(std::chrono::seconds(240)), 0) << Output();
  const std::string output = Output();
  EXPECT_THAT(output, HasSubstr(fmt::format("http://127.0.0.1:{}/metrics", port_)));
  EXPECT_THAT(output, HasSubstr(">> ManyActiveGames is pending"));
  EXPECT_THAT(output, HasSubstr(">> ManyActiveGames fires."));
  EXPECT_THAT(output, HasSubstr("alertname: ManyActiveGames"));
  EXPECT_THAT(output, HasSubstr(">> ManyActiveGames has ended."));
  EXPECT_THAT(output, HasSubstr("Everything was seen; no other alert fired.\n"));
  EXPECT_THAT(output, Not(HasSubstr("level=")));
  EXPECT_THAT(LeftBehind(), testing::IsEmpty());
}

TEST_F(DemoTest, EndsOnCtrlCAndLeavesNothingBehind) {
  process::ChildProcess demo = StartDemo({});
  const auto port = static_cast<std::uint16_t>(port_);
  ASSERT_TRUE(Eventually(std::chrono::seconds(90), [&] { return HttpGet(port, "/").has_value(); }))
      << Output();
  demo.Signal(SIGINT);
  EXPECT_EQ(demo.WaitFor(std::chrono::seconds(10)), 0) << Output();
  EXPECT_THAT(Output(), testing::ContainsRegex("Stopped"));
  EXPECT_THAT(HttpGet(port, "/"), HasCode(ErrorCode::kUnavailable));
  EXPECT_THAT(LeftBehind(), testing::IsEmpty());
}

TEST_F(DemoTest, ReportsAPortInUse) {
  const auto other = web::Server::Start(
      {.address = {"127.0.0.1", 0}}, [](const web::Request&) { return web::Response(); },
      Log::Silent().For("web"));
  ASSERT_THAT(other, IsOk());
  const int taken = (*other)->port();
  const ProgramRun run = RunHakem({"demo", "--port", fmt::format("{}", taken)});
  EXPECT_EQ(run.status, 2);
  EXPECT_EQ(run.output, "");
  EXPECT_EQ(run.errors,
            fmt::format("hakem: port {} is taken; choose another with --port\n", taken));
}

}  // namespace
}  // namespace hakem

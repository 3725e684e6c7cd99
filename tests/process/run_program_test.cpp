#include "process/run_program.h"

#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <string>
#include <thread>

#include "model/clock.h"
#include "process/descriptor_limit.h"
#include "tests/support/matchers.h"
#include "tests/support/programs/hakem_process.h"
#include "tests/support/scratch_folder.h"

namespace hakem::process {
namespace {

using std::chrono::seconds;

ChildOptions Shell(std::string script) {
  return {.argv = {"/bin/sh", "-c", std::move(script)}};
}

Result<ProgramRun> RunShell(std::string script) {
  return RunProgram(Shell(std::move(script)), {.time = seconds(20)});
}

/// False also for a zombie, which nobody may have waited for yet.
bool IsRunning(pid_t pid) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/stat");
  const std::string text{std::istreambuf_iterator<char>(status), std::istreambuf_iterator<char>()};
  return !text.empty() && text.find(") Z ") == std::string::npos;
}

TEST(RunProgram, ReturnsTheStatusAndTheOutput) {
  const auto run = RunShell("echo one; echo two; exit 7");
  ASSERT_THAT(run, IsOk());
  EXPECT_EQ(run->status, 7);
  EXPECT_EQ(run->output, "one\ntwo\n");
}

TEST(RunProgram, ReturnsTheSignalThatEndedIt) {
  const auto run = RunShell("kill -TERM $$");
  ASSERT_THAT(run, IsOk());
  EXPECT_EQ(run->status, 128 + SIGTERM);
}

TEST(RunProgram, ReadsMoreThanAPipeHoldsAndKeepsTheBeginning) {
  const auto run = RunShell("head -c 1000000 /dev/zero | tr '\\0' x");
  ASSERT_THAT(run, IsOk());
  EXPECT_EQ(run->status, 0);
  EXPECT_EQ(run->output, std::string(4096, 'x'));
}

TEST(RunProgram, CanMergeBothOutputs) {
  ChildOptions options = Shell("echo one; echo two >&2");
  options.standard_error = Output::ToStandardOutput();
  EXPECT_EQ(RunProgram(options, {.time = seconds(20)})->output, "one\ntwo\n");
}

TEST(RunProgram, PassesTheStandardInput) {
  ChildOptions options = Shell("cat");
  options.standard_input = "first\nsecond";
  EXPECT_EQ(RunProgram(options, {.time = seconds(20)})->output, "first\nsecond");
  const std::string large(200'000, 'x');
  options = Shell("exit 0");
  options.standard_input = large;
  EXPECT_EQ(RunProgram(options, {.time = seconds(20)})->status, 0) << "nobody reads it";
}

TEST(RunProgram, CanHideOurEnvironment) {
  ChildOptions options = Shell("env | grep -v -e ^PWD= -e ^_= -e ^SHLVL=");
  options.environment = {{"GAME", "hokm"}};
  options.inherits_environment = false;
  EXPECT_EQ(RunProgram(options, {.time = seconds(20)})->output, "GAME=hokm\n");
}

TEST(RunProgram, KillsTheGroupAfterItsTime) {
  const ScratchFolder folder;
  const SteadyTime start = SystemClock().SteadyNow();
  const auto run = RunProgram(Shell("sleep 60 & echo $! > " + (folder / "pid") + "; wait"),
                              {.time = seconds(3)});
  EXPECT_THAT(run, HasCode(ErrorCode::kTimeout));
  EXPECT_THAT(run, HasMessage("/bin/sh did not end within 3 s"));
  EXPECT_LT(SystemClock().SteadyNow() - start, seconds(30));
  pid_t pid = 0;
  std::ifstream(folder / "pid") >> pid;
  ASSERT_GT(pid, 0);
  EXPECT_TRUE(Eventually(seconds(20), [&] { return !IsRunning(pid); }));
}

TEST(RunProgram, StopsOnRequest) {
  std::stop_source stop;
  std::jthread stopping([&] { stop.request_stop(); });
  EXPECT_THAT(RunProgram(Shell("sleep 60"), {.time = seconds(60)}, stop.get_token()),
              HasCode(ErrorCode::kUnavailable));
}

TEST(RunProgram, KillsItsDescendantsUnlessTheyAreToBeKept) {
  for (const bool keep : {false, true}) {
    const auto run = RunProgram(Shell("sleep 60 > /dev/null & echo $!"),
                                {.time = seconds(20), .keep_descendants = keep});
    ASSERT_THAT(run, IsOk());
    const pid_t pid = std::stoi(run->output);
    if (keep) {
      EXPECT_TRUE(IsRunning(pid));
    } else {
      EXPECT_TRUE(Eventually(seconds(20), [&] { return !IsRunning(pid); }));
    }
    kill(pid, SIGKILL);
  }
}

TEST(RunProgram, DoesNotWaitForADescendantThatHoldsTheOutput) {
  const SteadyTime start = SystemClock().SteadyNow();
  EXPECT_EQ(RunShell("sleep 60 & echo done")->output, "done\n");
  EXPECT_LT(SystemClock().SteadyNow() - start, seconds(15));
}

TEST(RunProgram, ReportsAProgramThatCannotBeRun) {
  EXPECT_THAT(RunProgram({.argv = {"/nonexistent/program"}}, {.time = seconds(1)}),
              HasCode(ErrorCode::kNotFound));
  const ScratchFolder folder;
  std::ofstream(folder / "script") << "#!/nonexistent/interpreter\n";
  chmod((folder / "script").c_str(), 0700);
  EXPECT_THAT(RunProgram({.argv = {folder / "script"}}, {.time = seconds(1)}),
              HasCode(ErrorCode::kRefused));
}

/// Restores the limits on open files.
class DescriptorLimitTest : public testing::Test {
 protected:
  DescriptorLimitTest() { getrlimit(RLIMIT_NOFILE, &before_); }

  ~DescriptorLimitTest() override { setrlimit(RLIMIT_NOFILE, &before_); }

  static rlim_t Soft() {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_cur;
  }

  rlimit before_{};
};

TEST_F(DescriptorLimitTest, IsRaisedForUsAloneAndNotForChildren) {
  const rlim_t few = std::min<rlim_t>(256, before_.rlim_max / 2);
  rlimit low = before_;
  low.rlim_cur = few;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &low), 0);
  RaiseDescriptorLimit();
  EXPECT_GT(Soft(), few);
  EXPECT_EQ(OriginalDescriptorLimit(), few);
  EXPECT_EQ(RunShell("ulimit -Sn")->output, std::to_string(few) + "\n");
  rlimit now{};
  getrlimit(RLIMIT_NOFILE, &now);
  EXPECT_EQ(now.rlim_max, before_.rlim_max) << "the hard limit stays";
  RaiseDescriptorLimit();
  EXPECT_EQ(OriginalDescriptorLimit(), few) << "a second call does not take the raised one for it";
}

}  // namespace
}  // namespace hakem::process

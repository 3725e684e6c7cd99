#include "process/child_process.h"

#include <unistd.h>

#include <thread>

#include "tests/support/matchers.h"
#include "tests/support/no_free_descriptor.h"

namespace hakem::process {
namespace {

using std::chrono::seconds;
using testing::Optional;

ChildOptions Shell(std::string script) {
  return {.argv = {"sh", "-c", std::move(script)}, .standard_output = Output::ToPipe()};
}

TEST(ChildProcess, ReturnsTheExitStatus) {
  auto child = ChildProcess::Start(Shell("exit 7"));
  ASSERT_THAT(child, IsOk());
  EXPECT_EQ(child->Wait(), 7);
  EXPECT_THAT(child->WaitFor(Duration(0)), Optional(7));
}

TEST(ChildProcess, ReturnsTheSignalThatEndedIt) {
  auto child = ChildProcess::Start(Shell("kill -KILL $$"));
  ASSERT_THAT(child, IsOk());
  EXPECT_EQ(child->Wait(), 128 + SIGKILL);
}

TEST(ChildProcess, ReadsItsOutputLineByLine) {
  auto child = ChildProcess::Start(Shell("echo one; printf two"));
  ASSERT_THAT(child, IsOk());
  EXPECT_THAT(child->ReadLine(), Optional(std::string("one")));
  EXPECT_THAT(child->ReadLine(), Optional(std::string("two")));
  EXPECT_EQ(child->ReadLine(), std::nullopt);
}

TEST(ChildProcess, ReportsThatNoDescriptorIsFree) {
  const NoFreeDescriptor none;
  for (const Output& output : {Output::Inherit(), Output::ToPipe()}) {
    const auto child = ChildProcess::Start({.argv = {"/bin/true"}, .standard_output = output});
    EXPECT_THAT(child, HasCode(ErrorCode::kUnavailable));
    EXPECT_THAT(child, HasMessage("cannot make a pipe: Too many open files"));
  }
}

TEST(ChildProcess, AddsToTheEnvironment) {
  ChildOptions options = Shell("echo $HOME $GAME");
  options.environment = {{"GAME", "hokm"}, {"HOME", "/nowhere"}};
  auto child = ChildProcess::Start(options);
  ASSERT_THAT(child, IsOk());
  EXPECT_THAT(child->ReadLine(), Optional(std::string("/nowhere hokm")));
}

TEST(ChildProcess, LeadsAProcessGroupOfItsOwn) {
  auto child = ChildProcess::Start({.argv = {"sleep", "60"}});
  ASSERT_THAT(child, IsOk());
  EXPECT_EQ(getpgid(child->pid()), child->pid());
}

TEST(ChildProcess, ReturnsNoStatusWhileItRuns) {
  auto child = ChildProcess::Start({.argv = {"sleep", "60"}});
  ASSERT_THAT(child, IsOk());
  EXPECT_EQ(child->WaitFor(Duration(1)), std::nullopt);
}

TEST(ChildProcess, IsTerminatedBySigtermFirst) {
  auto child =
      ChildProcess::Start(Shell("trap 'exit 3' TERM; echo up; while :; do sleep 0.01; done"));
  ASSERT_THAT(child, IsOk());
  child->ReadLine();
  EXPECT_EQ(child->Terminate(seconds(20)), 3);
}

TEST(ChildProcess, IsKilledWhenItIgnoresSigterm) {
  auto child = ChildProcess::Start(Shell("trap '' TERM; echo up; while :; do sleep 0.01; done"));
  ASSERT_THAT(child, IsOk());
  child->ReadLine();
  EXPECT_EQ(child->Terminate(Duration(1)), 128 + SIGKILL);
}

TEST(ChildProcess, IsKilledByTheDestructor) {
  pid_t pid = -1;
  {
    const auto child = ChildProcess::Start({.argv = {"sleep", "60"}});
    ASSERT_THAT(child, IsOk());
    pid = child->pid();
  }
  EXPECT_EQ(kill(pid, 0), -1);
}

TEST(ChildProcess, EndsWithTheThreadThatStartedIt) {
  std::optional<ChildProcess> child;
  std::thread([&] { child = *ChildProcess::Start({.argv = {"sleep", "60"}}); }).join();
  EXPECT_EQ(child->Wait(), 128 + SIGKILL);
}

TEST(ChildProcess, FindsItsProgramBelowItsRoot) {
  EXPECT_THAT(ChildProcess::Start({.argv = {"/bin/true"}, .root = "/nonexistent"}),
              HasMessage("there is no program /nonexistent/bin/true"));
}

TEST(ChildProcess, NamesAProgramThatDoesNotExist) {
  const auto child = ChildProcess::Start({.argv = {"hakem-no-such-program"}});
  EXPECT_THAT(child, HasCode(ErrorCode::kNotFound));
  EXPECT_THAT(child, HasMessage("there is no program hakem-no-such-program"));
}

TEST(ChildProcess, ReportsWhyItCannotBeStarted) {
  EXPECT_THAT(ChildProcess::Start({.argv = {"/bin/true"}, .folder = "/no/such/folder"}),
              HasMessage("cannot change the folder for /bin/true: No such file or directory"));
  EXPECT_THAT(ChildProcess::Start(
                  {.argv = {"/bin/true"}, .standard_output = Output::ToFile("/no/such/file")}),
              HasMessage("cannot write to /no/such/file: No such file or directory"));
}

TEST(FindProgram, ReturnsTheFirstMatchInThePath) {
  EXPECT_THAT(FindProgram("sh", "/nowhere::/bin:/usr/bin"), Optional(std::string("/bin/sh")));
  EXPECT_THAT(FindProgram("/bin/sh", ""), Optional(std::string("/bin/sh")));
  EXPECT_EQ(FindProgram("sh", "/nowhere"), std::nullopt);
}

}  // namespace
}  // namespace hakem::process

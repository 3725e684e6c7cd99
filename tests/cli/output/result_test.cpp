#include "cli/output/result.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/support/matchers.h"

namespace hakem::cli {
namespace {

using testing::internal::CaptureStdout;
using testing::internal::GetCapturedStdout;

/// A file that does not exist at first and is removed with the test.
class ResultTest : public testing::Test {
 protected:
  ~ResultTest() override { std::filesystem::remove(path_); }

  OutputOptions ToFile() const { return {.format = "text", .file = path_}; }

  std::string Written() const {
    std::ifstream file(path_);
    return (std::ostringstream() << file.rdbuf()).str();
  }

 private:
  const std::string path_ = testing::TempDir() + "hakem-result-" + std::to_string(getpid());
};

TEST_F(ResultTest, GoesToStandardOutputWithoutAFile) {
  CaptureStdout();
  EXPECT_THAT(WriteResult({}, "one\ntwo"), IsOk());
  EXPECT_EQ(GetCapturedStdout(), "one\ntwo\n");
}

TEST_F(ResultTest, GoesToTheFile) {
  CaptureStdout();
  EXPECT_THAT(CheckOutput(ToFile()), IsOk());
  EXPECT_THAT(WriteResult(ToFile(), "one\n"), IsOk());
  EXPECT_EQ(GetCapturedStdout(), "");
  EXPECT_EQ(Written(), "one\n");
}

TEST_F(ResultTest, SpellsOutWhatSteersATerminal) {
  EXPECT_THAT(WriteResult(ToFile(), "\x1b[2J"), IsOk());
  EXPECT_EQ(Written(), "\\u001b[2J\n");
}

TEST_F(ResultTest, LeavesAnExactResultUnchanged) {
  EXPECT_THAT(WriteExactResult(ToFile(), "a{b=\"\x1b\"} 1"), IsOk());
  EXPECT_EQ(Written(), "a{b=\"\x1b\"} 1");
}

TEST_F(ResultTest, NamesAFileThatCannotBeWritten) {
  const OutputOptions output{.format = "text", .file = "/nonexistent/page"};
  EXPECT_THAT(CheckOutput(output), HasCode(ErrorCode::kInvalidInput));
  EXPECT_THAT(WriteResult(output, "x"),
              HasMessage(testing::HasSubstr("cannot write /nonexistent/page")));
}

}  // namespace
}  // namespace hakem::cli

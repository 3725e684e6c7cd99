#include "web/http/client_log.h"

#include <gmock/gmock.h>

#include "tests/support/fake_clock.h"

namespace hakem::web {
namespace {

using testing::HasSubstr;
using testing::Not;

/// The number of lines on standard error that contain the text.
int Lines(const std::string& log, std::string_view text) {
  int lines = 0;
  for (auto at = log.find(text); at != log.npos; at = log.find(text, at + 1)) {
    ++lines;
  }
  return lines;
}

TEST(ClientLog, LimitsTheLinesOfEachMessagePerSecond) {
  const FakeClock clock{};
  ClientLog log(Log(LogLevel::kInfo, LogFormat::kLogfmt).For("web"), clock);
  testing::internal::CaptureStderr();
  for (int i = 0; i < 1000; ++i) {
    log.Warn("change refused", {{"client", "10.1.2.3"}});
  }
  log.Warn("another kind", {});
  const std::string written = testing::internal::GetCapturedStderr();
  EXPECT_EQ(Lines(written, "change refused"), ClientLog::kLinesPerSecond);
  EXPECT_EQ(Lines(written, "another kind"), 1);
}

TEST(ClientLog, CountsDroppedLines) {
  FakeClock clock;
  ClientLog log(Log(LogLevel::kInfo, LogFormat::kLogfmt).For("web"), clock);
  testing::internal::CaptureStderr();
  for (int i = 0; i < ClientLog::kLinesPerSecond + 7; ++i) {
    log.Warn("change refused", {});
  }
  clock.Advance(std::chrono::seconds(1));
  log.Warn("change refused", {});
  log.Warn("change refused", {});
  const std::string written = testing::internal::GetCapturedStderr();
  EXPECT_EQ(Lines(written, "left out"), 1);
  EXPECT_THAT(written, HasSubstr("lines=7"));
}

}  // namespace
}  // namespace hakem::web

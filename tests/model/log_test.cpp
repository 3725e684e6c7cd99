#include "model/log.h"

#include <gtest/gtest.h>

#include <type_traits>

#include "model/secret.h"

namespace hakem {
namespace {

static_assert(!std::is_constructible_v<LogField, std::string_view, Secret>,
              "a secret must not compile in a log line");
static_assert(!std::is_convertible_v<Secret, std::string>);

TEST(LogLine, IsLogfmtWithQuotesWhereNeeded) {
  EXPECT_EQ(
      FormatLogLine(LogFormat::kLogfmt, "2026-01-01T00:00:00Z", LogLevel::kWarn, "collectors.locks",
                    "collector failed",
                    {{"code", ErrorCode::kTimeout}, {"seconds", 0.5}, {"error", "a \"b\"\n"}}),
      "ts=2026-01-01T00:00:00Z level=warn component=collectors.locks msg=\"collector failed\" "
      "code=timeout seconds=0.5 error=\"a \\\"b\\\"\\n\"");
}

TEST(LogLine, IsOneJsonObject) {
  EXPECT_EQ(FormatLogLine(LogFormat::kJson, "2026-01-01T00:00:00Z", LogLevel::kInfo, "web",
                          "listening", {{"port", 9187}, {"tls", false}, {"host", "\x01"}}),
            R"({"ts":"2026-01-01T00:00:00Z","level":"info","component":"web","msg":"listening",)"
            R"("port":9187,"tls":false,"host":"\u0001"})");
}

TEST(LogLine, KeepsJsonValidForNumbersThatJsonLacks) {
  EXPECT_EQ(FormatLogLine(LogFormat::kJson, "t", LogLevel::kInfo, "a", "b",
                          {{"value", std::numeric_limits<double>::infinity()}}),
            R"({"ts":"t","level":"info","component":"a","msg":"b","value":"inf"})");
}

}  // namespace
}  // namespace hakem

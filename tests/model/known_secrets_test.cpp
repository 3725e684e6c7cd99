#include "model/known_secrets.h"

#include <gtest/gtest.h>

#include "model/log.h"

namespace hakem {
namespace {

TEST(KnownSecrets, AreMaskedInEachOfTheirForms) {
  AddKnownSecret(Secret("canary-known 'x\"\\"));
  EXPECT_EQ(WithoutKnownSecrets("a canary-known 'x\"\\ b"), "a <secret> b");
  EXPECT_EQ(WithoutKnownSecrets("password='canary-known \\'x\"\\\\'"), "password='<secret>'");
  EXPECT_EQ(WithoutKnownSecrets("\"canary-known 'x\\\"\\\\\""), "\"<secret>\"");
  EXPECT_EQ(WithoutKnownSecrets("u:canary-known%20%27x%22%5C@h"), "u:<secret>@h");
}

TEST(KnownSecrets, AreMaskedLongestFirst) {
  AddKnownSecret(Secret("canary-part"));
  AddKnownSecret(Secret("whole-canary-part-of-it"));
  EXPECT_EQ(WithoutKnownSecrets("whole-canary-part-of-it canary-part"), "<secret> <secret>");
}

TEST(KnownSecrets, AreNotMaskedWhenShort) {
  AddKnownSecret(Secret("abc"));
  EXPECT_EQ(WithoutKnownSecrets("abc"), "abc");
}

TEST(Log, MasksKnownSecrets) {
  AddKnownSecret(Secret("canary-logged\n"));
  AddKnownSecret(Secret("7654321"));
  testing::internal::CaptureStderr();
  Log(LogLevel::kInfo, LogFormat::kJson)
      .For("test")
      .Error("failed", {{"error", "host canary-logged\n unknown"}, {"number", 7654321}});
  const std::string line = testing::internal::GetCapturedStderr();
  EXPECT_NE(line.find(R"("error":"host <secret> unknown","number":"<secret>"})"), line.npos)
      << line;
}

}  // namespace
}  // namespace hakem

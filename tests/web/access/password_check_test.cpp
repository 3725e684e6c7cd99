#include "web/access/password_check.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace hakem::web {
namespace {

using enum PasswordCheck::Outcome;

constexpr const char* kPassword = "canary-secret";
constexpr const char* kHash = "$2b$04$abcdefghijklmnopqrstuu8eMT1gtBhVcNqXW136wdnmHwzCZvF5e";
constexpr const char* kHashOfApache =
    "$2y$05$abcdefghijklmnopqrstuu3PYrq6m/qxbNlTuN4B34JSamOsjZkKu";

std::map<std::string, Secret> Users() {
  return {{"anna", Secret(kHash)}, {"prometheus", Secret(kHashOfApache)}};
}

TEST(IsBcryptHash, TellsOneFromOtherText) {
  EXPECT_TRUE(IsBcryptHash(kHash));
  EXPECT_TRUE(IsBcryptHash(kHashOfApache));
  EXPECT_FALSE(IsBcryptHash(""));
  EXPECT_FALSE(IsBcryptHash(kPassword));
  EXPECT_FALSE(IsBcryptHash(std::string(kHash) + "x"));
  EXPECT_FALSE(IsBcryptHash("$2b$03" + std::string(kHash).substr(6)));
  EXPECT_FALSE(IsBcryptHash("$2b$32" + std::string(kHash).substr(6)));
  EXPECT_FALSE(IsBcryptHash("$2x" + std::string(kHash).substr(3)));
  EXPECT_FALSE(IsBcryptHash("$6" + std::string(kHash).substr(2)));
}

TEST(PasswordCheck, TellsRightFromWrong) {
  PasswordCheck check(Users());
  EXPECT_EQ(check.Check("anna", kPassword), kRight);
  EXPECT_EQ(check.Check("prometheus", kPassword), kRight);
  EXPECT_EQ(check.Check("anna", "canary-secreT"), kWrong);
  EXPECT_EQ(check.Check("anna", ""), kWrong);
  EXPECT_EQ(check.Check("Anna", kPassword), kWrong);
  EXPECT_EQ(check.Check("nobody", kPassword), kWrong);
  EXPECT_EQ(check.Check("", ""), kWrong);
}

TEST(PasswordCheck, RemembersARightOneAndStillRefusesOthers) {
  PasswordCheck check(Users());
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(check.Check("anna", kPassword), kRight);
    EXPECT_EQ(check.Check("prometheus", "other"), kWrong);
  }
}

TEST(PasswordCheck, DoesNotEndAPasswordAtItsNul) {
  PasswordCheck check(Users());
  EXPECT_EQ(check.Check("anna", std::string(kPassword) + '\0'), kWrong);
  EXPECT_EQ(check.Check("anna", std::string(kPassword) + std::string("\0x", 2)), kWrong);
}

TEST(PasswordCheck, AnswersManyAtOnceWithoutMixingThem) {
  PasswordCheck check(Users());
  std::vector<std::jthread> clients;
  for (int i = 0; i < 8; ++i) {
    clients.emplace_back([&check, right = i % 2 == 0] {
      for (int round = 0; round < 5; ++round) {
        const auto outcome = check.Check("anna", right ? kPassword : "wrong");
        EXPECT_TRUE(outcome == kBusy || outcome == (right ? kRight : kWrong));
      }
    });
  }
}

}  // namespace
}  // namespace hakem::web

#include "web/access/password_check.h"

#include <gmock/gmock.h>

#include <thread>
#include <vector>

namespace hakem::web {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kPassword = "canary-secret";
constexpr const char* kHash = "$2b$04$abcdefghijklmnopqrstuu8eMT1gtBhVcNqXW136wdnmHwzCZvF5e";
constexpr const char* kHashOfApache =
    "$2y$05$abcdefghijklmnopqrstuu3PYrq6m/qxbNlTuN4B34JSamOsjZkKu";

std::map<std::string, Secret> Users() {
  return {{"anna", Secret(kHash)}, {"prometheus", Secret(kHashOfApache)}};
}

TEST(IsBcryptHash, RecognisesBcryptHashes) {
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

TEST(PasswordCheck, AcceptsOnlyTheRightPassword) {
  PasswordCheck check(Users());
  EXPECT_TRUE(check.IsRight("anna", kPassword));
  EXPECT_TRUE(check.IsRight("prometheus", kPassword));
  EXPECT_FALSE(check.IsRight("anna", "canary-secreT"));
  EXPECT_FALSE(check.IsRight("anna", ""));
  EXPECT_FALSE(check.IsRight("Anna", kPassword));
  EXPECT_FALSE(check.IsRight("nobody", kPassword));
  EXPECT_FALSE(check.IsRight("", ""));
}

TEST(PasswordCheck, RemembersVerifiedPasswordsAndStillRefusesOthers) {
  PasswordCheck check(Users());
  EXPECT_FALSE(check.Remembers("anna", kPassword));
  EXPECT_TRUE(check.IsRight("anna", kPassword));
  EXPECT_TRUE(check.Remembers("anna", kPassword));
  EXPECT_FALSE(check.Remembers("prometheus", kPassword));
  EXPECT_FALSE(check.IsRight("anna", "other"));
  EXPECT_FALSE(check.Remembers("anna", "other"));
}

TEST(PasswordCheck, RefusesPasswordsWithNul) {
  PasswordCheck check(Users());
  EXPECT_FALSE(check.IsRight("anna", std::string(kPassword) + '\0'));
  EXPECT_FALSE(check.IsRight("anna", std::string(kPassword) + std::string("\0x", 2)));
}

TEST(PasswordCheck, ChecksManyPasswordsAtOnce) {
  PasswordCheck check(Users());
  std::vector<std::jthread> clients;
  for (int i = 0; i < 8; ++i) {
    clients.emplace_back([&check, right = i % 2 == 0] {
      for (int round = 0; round < 5; ++round) {
        EXPECT_EQ(check.IsRight("anna", right ? kPassword : "wrong"), right);
      }
    });
  }
}

/// bcrypt of cost n has 2^n rounds. With padding every check has the same number.
TEST(PaddingCosts, MakeEveryCheckAsExpensiveAsTheMostExpensive) {
  EXPECT_THAT(PaddingCosts(12, 12), IsEmpty());
  EXPECT_THAT(PaddingCosts(10, 12), ElementsAre(10, 11));
  for (int own = 4; own <= 20; ++own) {
    std::uint64_t rounds = std::uint64_t{1} << own;
    for (const int cost : PaddingCosts(own, 20)) {
      rounds += std::uint64_t{1} << cost;
    }
    EXPECT_EQ(rounds, std::uint64_t{1} << 20);
  }
}

}  // namespace
}  // namespace hakem::web

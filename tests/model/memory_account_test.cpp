#include "model/memory_account.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace hakem {
namespace {

constexpr std::size_t kMega = std::size_t{1} << 20;

TEST(MemoryBudget, GivesNoMoreThanItHas) {
  MemoryBudget budget(100);
  EXPECT_TRUE(budget.Take(60));
  EXPECT_FALSE(budget.Take(41));
  EXPECT_TRUE(budget.Take(40));
  EXPECT_FALSE(budget.Take(1));
  budget.Give(60);
  EXPECT_EQ(budget.taken(), 40U);
  EXPECT_FALSE(budget.Take(static_cast<std::size_t>(-1)));
}

TEST(BudgetShare, IsReturnedOnce) {
  MemoryBudget budget(100);
  {
    BudgetShare share(budget, 70);
    EXPECT_TRUE(share.holds());
    EXPECT_FALSE(BudgetShare(budget, 31).holds());
    const BudgetShare moved(std::move(share));
    EXPECT_EQ(budget.taken(), 70U);
  }
  EXPECT_EQ(budget.taken(), 0U);
}

TEST(MemoryAccount, ChargesAllAllocationsOfTheThread) {
  MemoryBudget budget(64 * kMega);
  MemoryAccount account(budget, {.own_bytes = 0, .most_bytes = 64 * kMega});
  const MemoryAccount::Charging charging(account);
  {
    const std::string text(kMega, 'x');
    EXPECT_GE(account.held(), kMega);
    EXPECT_LT(account.held(), kMega + 4096);
    std::map<int, std::string> map;
    for (int i = 0; i < 1000; ++i) {
      map[i] = std::string(1000, 'y');
    }
    EXPECT_GE(account.held(), kMega + 1'000'000);
    EXPECT_GE(budget.taken(), account.held());
    const auto array = std::make_unique<char[]>(kMega);
    EXPECT_GE(account.held(), 2 * kMega + 1'000'000);
  }
  EXPECT_EQ(account.held(), 0U);
  EXPECT_LE(budget.taken(), 512U << 10);
}

TEST(MemoryAccount, RefusesAllocationsBeyondItsOwnAndTheSharedLimit) {
  MemoryBudget budget(8 * kMega);
  MemoryAccount account(budget, {.own_bytes = kMega, .most_bytes = 4 * kMega});
  MemoryAccount other(budget, {.own_bytes = kMega, .most_bytes = 100 * kMega});
  {
    const MemoryAccount::Charging charging(account);
    const std::string fits(3 * kMega, 'x');
    try {
      const std::string too_much(2 * kMega, 'x');
      ADD_FAILURE();
    } catch (const MemoryRefused& refused) {
      EXPECT_EQ(refused.limit(), MemoryRefused::Limit::kOwn);
    }
    EXPECT_LT(account.held(), 3 * kMega + 4096);
  }
  {
    const MemoryAccount::Charging charging(other);
    try {
      const std::string too_much(20 * kMega, 'x');
      ADD_FAILURE();
    } catch (const MemoryRefused& refused) {
      EXPECT_EQ(refused.limit(), MemoryRefused::Limit::kShared);
    }
    EXPECT_EQ(::operator new(20 * kMega, std::nothrow), nullptr);
  }
}

TEST(MemoryAccount, ReturnsEverythingToTheBudgetWhenItIsDestroyed) {
  MemoryBudget budget(8 * kMega);
  std::string kept;
  {
    MemoryAccount account(budget, {.own_bytes = 0, .most_bytes = 8 * kMega});
    const MemoryAccount::Charging charging(account);
    kept = std::string(4 * kMega, 'x');
    EXPECT_GE(budget.taken(), 4 * kMega);
  }
  EXPECT_EQ(budget.taken(), 0U);
  std::string().swap(kept);
  EXPECT_EQ(budget.taken(), 0U);
}

TEST(MemoryAccount, NeverHoldsLessThanNothing) {
  MemoryBudget budget(8 * kMega);
  std::string before(4 * kMega, 'x');
  MemoryAccount account(budget, {.own_bytes = 0, .most_bytes = 2 * kMega});
  const MemoryAccount::Charging charging(account);
  const std::string held(kMega, 'y');
  std::string().swap(before);
  EXPECT_EQ(account.held(), 0U);  // Too low, but not negative.
  EXPECT_THROW(std::string(3 * kMega, 'z'), MemoryRefused);
}

TEST(MemoryAccount, RefusesNothingWithinNeverRefused) {
  MemoryBudget budget(kMega);
  MemoryAccount account(budget, {.own_bytes = 0, .most_bytes = kMega});
  const MemoryAccount::Charging charging(account);
  {
    const MemoryAccount::NeverRefused never_refused;
    const std::string text(4 * kMega, 'x');
    EXPECT_GE(account.held(), 4 * kMega);
    EXPECT_LE(budget.taken(), kMega);
  }
  EXPECT_THROW(std::string(2 * kMega, 'x'), MemoryRefused);
  EXPECT_EQ(std::string(1000, 'x').size(), 1000U);
}

TEST(MemoryAccount, ChargesOnlyItsOwnThread) {
  MemoryBudget budget(kMega);
  MemoryAccount account(budget, {.own_bytes = 0, .most_bytes = kMega});
  const MemoryAccount::Charging charging(account);
  std::size_t size = 0;
  std::thread([&] { size = std::string(16 * kMega, 'x').size(); }).join();
  EXPECT_EQ(size, 16 * kMega);
}

TEST(MemoryAccount, AddsUpAcrossThreads) {
  MemoryBudget budget(32 * kMega);
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&budget] {
      MemoryAccount account(budget, {.own_bytes = 1000, .most_bytes = 32 * kMega});
      const MemoryAccount::Charging charging(account);
      std::vector<std::string> texts;
      for (std::size_t round = 0; round < 20'000; ++round) {
        try {
          texts.emplace_back(round % 5000, 'x');
        } catch (const MemoryRefused&) {
          texts.clear();
        }
        EXPECT_LE(budget.taken(), budget.bytes());
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(budget.taken(), 0U);
}

}  // namespace
}  // namespace hakem

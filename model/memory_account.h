#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <new>
#include <utility>

namespace hakem {

/// An amount of memory that several tasks share. Thread-safe.
class MemoryBudget {
 public:
  explicit MemoryBudget(std::size_t bytes) : bytes_(bytes) {}

  std::size_t bytes() const { return bytes_; }

  std::size_t taken() const { return taken_.load(std::memory_order_relaxed); }

  /// Takes bytes from the budget. Returns false, and takes nothing, when too few are left.
  bool Take(std::size_t bytes);

  void Give(std::size_t bytes) { taken_.fetch_sub(bytes, std::memory_order_relaxed); }

 private:
  const std::size_t bytes_;
  std::atomic<std::size_t> taken_{0};
};

/// A part of a budget, returned to it by the destructor. The budget must outlive it.
class BudgetShare {
 public:
  BudgetShare() = default;

  /// Takes nothing when too few bytes are left; see holds().
  BudgetShare(MemoryBudget& budget, std::size_t bytes)
      : budget_(budget.Take(bytes) ? &budget : nullptr), bytes_(bytes) {}

  BudgetShare(BudgetShare&& other) noexcept
      : budget_(std::exchange(other.budget_, nullptr)), bytes_(other.bytes_) {}

  BudgetShare(const BudgetShare&) = delete;
  BudgetShare& operator=(const BudgetShare&) = delete;
  BudgetShare& operator=(BudgetShare&&) = delete;

  ~BudgetShare() {
    if (budget_ != nullptr) {
      budget_->Give(bytes_);
    }
  }

  bool holds() const { return budget_ != nullptr; }

 private:
  MemoryBudget* budget_ = nullptr;
  std::size_t bytes_ = 0;
};

/// Thrown by an allocation that would exceed a MemoryAccount's limits.
class MemoryRefused : public std::bad_alloc {
 public:
  enum class Limit { kOwn, kShared };

  explicit MemoryRefused(Limit limit) : limit_(limit) {}

  const char* what() const noexcept override;

  /// Whether the task's own limit was exceeded, or the budget that all tasks share.
  Limit limit() const { return limit_; }

 private:
  Limit limit_;
};

/// Limits the heap memory of one task. While a Charging lives, every `new` of its thread is charged
/// and every `delete` credited. An allocation beyond the limits throws MemoryRefused. The first
/// bytes are the task's own; further ones come from the shared budget.
///
/// Memory that was allocated earlier and is freed during the task is credited too, so that held()
/// may be too low, but never negative. The destructor returns everything to the budget. Used by one
/// thread; costs a few nanoseconds for each allocation.
class MemoryAccount {
 public:
  struct Limits {
    std::size_t own_bytes = 0;   ///< Always available; not taken from the budget.
    std::size_t most_bytes = 0;  ///< The most that the task may hold.
  };

  /// The budget must outlive the account.
  MemoryAccount(MemoryBudget& budget, Limits limits)
      : budget_(budget), limits_(limits), granted_(limits.own_bytes) {}

  MemoryAccount(const MemoryAccount&) = delete;
  MemoryAccount& operator=(const MemoryAccount&) = delete;

  ~MemoryAccount() { budget_.Give(granted_ - limits_.own_bytes); }

  std::size_t held() const { return held_; }

  /// Charges this thread's allocations to the account while it lives, instead of to an outer one.
  class Charging {
   public:
    explicit Charging(MemoryAccount& account);
    ~Charging();
    Charging(const Charging&) = delete;
    Charging& operator=(const Charging&) = delete;

   private:
    MemoryAccount* const before_;
  };

  /// While it lives, this thread's allocations are charged but never refused. For libraries that
  /// cannot handle exceptions; their allocations must be bounded in another way.
  class NeverRefused {
   public:
    NeverRefused();
    ~NeverRefused();
    NeverRefused(const NeverRefused&) = delete;
    NeverRefused& operator=(const NeverRefused&) = delete;

   private:
    const bool before_;
  };

  /// Called by `operator new`. Throws MemoryRefused; nothing is charged then.
  void Charge(std::size_t bytes) {
    if (held_ + bytes > granted_) {
      Grow(bytes);
    }
    held_ += bytes;
  }

  /// Called by `operator delete`.
  void Credit(std::size_t bytes) noexcept {
    held_ -= bytes < held_ ? bytes : held_;
    if (granted_ - held_ > kSpareBytes && granted_ > limits_.own_bytes) {
      Shrink();
    }
  }

 private:
  static constexpr std::size_t kChunkBytes =
      64 << 10;  ///< The budget is taken in pieces of this size.
  static constexpr std::size_t kSpareBytes = 256 << 10;

  void Grow(std::size_t bytes);
  void Shrink() noexcept;

  MemoryBudget& budget_;
  const Limits limits_;
  std::size_t held_ = 0;
  std::size_t granted_;
};

}  // namespace hakem

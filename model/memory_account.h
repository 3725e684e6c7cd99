#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <new>
#include <utility>

namespace hakem {

/// Memory that several works share. Thread-safe.
class MemoryBudget {
 public:
  explicit MemoryBudget(std::size_t bytes) : bytes_(bytes) {}

  std::size_t bytes() const { return bytes_; }

  std::size_t taken() const { return taken_.load(std::memory_order_relaxed); }

  /// False, and nothing is taken, when there is not so much left.
  bool Take(std::size_t bytes);

  void Give(std::size_t bytes) { taken_.fetch_sub(bytes, std::memory_order_relaxed); }

 private:
  const std::size_t bytes_;
  std::atomic<std::size_t> taken_{0};
};

/// A part of a budget, given back at the end of its life. Does not outlive the budget.
class BudgetShare {
 public:
  BudgetShare() = default;

  /// Nothing is taken when there is not so much left; see holds().
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

/// What an allocation throws that a MemoryAccount does not allow.
class MemoryRefused : public std::bad_alloc {
 public:
  enum class Limit { kOwn, kShared };

  explicit MemoryRefused(Limit limit) : limit_(limit) {}

  const char* what() const noexcept override;

  /// Whether the work alone is too large, or all of them together.
  Limit limit() const { return limit_; }

 private:
  Limit limit_;
};

/// What one work holds of the heap: while a Charging lives, every `new` of its thread is charged
/// and every `delete` credited, whoever calls them; one that would go beyond the limits throws
/// MemoryRefused. The first bytes are its own, the others come from the shared budget.
///
/// What was allocated before and is freed during the work is credited too, so that the account may
/// show less than is held, but never less than nothing; what is freed later was given back at the
/// end. Used by one thread; the cost is some nanoseconds for each allocation.
class MemoryAccount {
 public:
  struct Limits {
    std::size_t own_bytes = 0;   ///< Never refused, never taken from the budget.
    std::size_t most_bytes = 0;  ///< No work holds more.
  };

  /// The budget outlives the account.
  MemoryAccount(MemoryBudget& budget, Limits limits)
      : budget_(budget), limits_(limits), granted_(limits.own_bytes) {}

  MemoryAccount(const MemoryAccount&) = delete;
  MemoryAccount& operator=(const MemoryAccount&) = delete;

  ~MemoryAccount() { budget_.Give(granted_ - limits_.own_bytes); }

  std::size_t held() const { return held_; }

  /// Charges this thread's allocations while it lives; within another one, instead of it.
  class Charging {
   public:
    explicit Charging(MemoryAccount& account);
    ~Charging();
    Charging(const Charging&) = delete;
    Charging& operator=(const Charging&) = delete;

   private:
    MemoryAccount* const before_;
  };

  /// While it lives, this thread's allocations are charged but never refused: for a library that
  /// does not bear exceptions. What it allocates must be bounded in another way.
  class NeverRefused {
   public:
    NeverRefused();
    ~NeverRefused();
    NeverRefused(const NeverRefused&) = delete;
    NeverRefused& operator=(const NeverRefused&) = delete;

   private:
    const bool before_;
  };

  /// For `operator new`. Throws MemoryRefused; nothing is charged then.
  void Charge(std::size_t bytes) {
    if (held_ + bytes > granted_) {
      Grow(bytes);
    }
    held_ += bytes;
  }

  /// For `operator delete`.
  void Credit(std::size_t bytes) noexcept {
    held_ -= bytes < held_ ? bytes : held_;
    if (granted_ - held_ > kSpareBytes && granted_ > limits_.own_bytes) {
      Shrink();
    }
  }

 private:
  static constexpr std::size_t kChunkBytes = 64 << 10;  ///< Taken from the budget at once.
  static constexpr std::size_t kSpareBytes = 256 << 10;

  void Grow(std::size_t bytes);
  void Shrink() noexcept;

  MemoryBudget& budget_;
  const Limits limits_;
  std::size_t held_ = 0;
  std::size_t granted_;
};

}  // namespace hakem

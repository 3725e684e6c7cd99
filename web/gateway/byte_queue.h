#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace hakem::web {

/// Bytes on their way from one side to the other, at most kCapacity.
class ByteQueue {
 public:
  static constexpr std::size_t kCapacity = 16 << 10;  // A TLS record.

  bool empty() const { return begin_ == end_; }

  bool full() const { return end_ - begin_ == kCapacity; }

  /// What waits, in order.
  std::span<const char> waiting() const { return {bytes_.data() + begin_, end_ - begin_}; }

  /// Where more can be put. Empty only when full.
  std::span<char> room() {
    if (begin_ > 0) {
      std::copy(bytes_.begin() + Offset(begin_), bytes_.begin() + Offset(end_), bytes_.begin());
      end_ -= std::exchange(begin_, 0);
    }
    bytes_.resize(kCapacity);
    return {bytes_.data() + end_, kCapacity - end_};
  }

  /// So many bytes were put into room().
  void Added(std::size_t count) { end_ += count; }

  /// So many of waiting() were taken.
  void Taken(std::size_t count) {
    begin_ += count;
    if (empty()) {
      begin_ = end_ = 0;
    }
  }

 private:
  static std::ptrdiff_t Offset(std::size_t index) { return static_cast<std::ptrdiff_t>(index); }

  std::vector<char> bytes_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace hakem::web

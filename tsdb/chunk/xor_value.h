#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

namespace hakem::tsdb {

/// Encodes each value of a series by its difference to the previous one, as Facebook's Gorilla
/// does: only the differing bits are written, without the equal ones before and behind them. Writer
/// and reader keep one each and pass it the same values in the same order.
///
///   0 BITS             the differing bits are at the same place as last time
///   1 LEADING5 SIZE6 BITS   they are at a new place: zeros before it, its size
class XorValue {
 public:
  explicit XorValue(std::uint64_t bits = 0) : bits_(bits) {}

  double value() const { return std::bit_cast<double>(bits_); }

  bool Is(double value) const { return std::bit_cast<std::uint64_t>(value) == bits_; }

  /// Encodes `value` by calls of `write(bits, count)`. Requires: it differs from the last one.
  template <typename WriteBits>
  void Write(double value, WriteBits write) {
    const std::uint64_t bits = std::bit_cast<std::uint64_t>(value);
    const std::uint64_t difference = bits ^ bits_;
    bits_ = bits;
    const auto leading =
        static_cast<std::uint8_t>(std::min(std::countl_zero(difference), int{kMaxLeading}));
    const auto size = static_cast<std::uint8_t>(64 - leading - std::countr_zero(difference));
    const bool fits = leading >= leading_ && leading + size <= leading_ + size_;
    if (fits && size_ <= size + kNewPlaceBits) {
      write(0, 1);
    } else {
      leading_ = leading;
      size_ = size;
      write(std::uint64_t{1} << 11 | std::uint64_t{leading} << 6 | (size - 1U), 12);
    }
    // clang's analyzer does not know that leading_ + size_ <= 64. It is a false alarm: the
    // sanitizers found no larger sum in the unit tests and in 300,000 random chunks.
    // NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult): see above.
    write(difference >> (64 - leading_ - size_), size_);
  }

  /// Reads the next value. Returns false when the bits are damaged.
  template <typename Reader>
  bool Read(Reader& reader) {
    const std::uint64_t place = reader.Peek();
    if (place >> 63 != 0) {
      leading_ = static_cast<std::uint8_t>(place >> 58 & 31);
      size_ = static_cast<std::uint8_t>((place >> 52 & 63) + 1);
      reader.Skip(1 + 5 + 6);
    } else {
      reader.Skip(1);
    }
    if (size_ == 0 || leading_ + size_ > 64) {
      return false;
    }
    bits_ ^= reader.Read(size_) << (64 - leading_ - size_);
    return true;
  }

 private:
  static constexpr std::uint8_t kMaxLeading = 31;
  static constexpr int kNewPlaceBits = 11;  ///< What writing a narrower place costs.

  std::uint64_t bits_;
  std::uint8_t leading_ = 0;
  std::uint8_t size_ = 0;  ///< 0 until there was a difference.
};

}  // namespace hakem::tsdb

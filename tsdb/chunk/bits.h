#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace hakem::tsdb {

/// Appends groups of bits, most significant first, to a growing list of words.
class BitWriter {
 public:
  /// Appends the lowest `count` (1 to 64) bits of `bits`. Requires: the other bits are zero.
  void Write(std::uint64_t bits, unsigned count) {
    const unsigned free = 64 - used_;
    if (words_.empty() || free == 0) {
      words_.push_back(bits << (64 - count));
      used_ = count;
    } else if (count <= free) {
      words_.back() |= bits << (free - count);
      used_ += count;
    } else {
      words_.back() |= bits >> (count - free);
      words_.push_back(bits << (64 - (count - free)));
      used_ = count - free;
    }
  }

  const std::vector<std::uint64_t>& words() const { return words_; }

 private:
  std::vector<std::uint64_t> words_;
  unsigned used_ = 64;  ///< How many bits of the last word are used.
};

/// Reads what a BitWriter wrote. Past the end it yields zeros and is no longer ok(). `Words` is
/// anything with `size()` and `[]` that yields a std::uint64_t.
template <typename Words>
class BitReader {
 public:
  /// `position`: how many bits to skip.
  explicit BitReader(Words words, std::size_t position = 0) : words_(words), position_(position) {}

  /// Returns the next 64 bits without consuming them.
  std::uint64_t Peek() const {
    const std::size_t word = position_ >> 6;
    const unsigned offset = position_ & 63;
    // Two shifts, because a shift by 64 is undefined.
    return WordAt(word) << offset | WordAt(word + 1) >> 1 >> (63 - offset);
  }

  void Skip(unsigned count) { position_ += count; }

  /// Consumes and returns the next `count` (1 to 64) bits.
  std::uint64_t Read(unsigned count) {
    const std::uint64_t bits = Peek() >> (64 - count);
    Skip(count);
    return bits;
  }

  bool ReadBit() { return Read(1) != 0; }

  bool ok() const { return position_ <= words_.size() * 64; }

 private:
  std::uint64_t WordAt(std::size_t index) const {
    return index < words_.size() ? words_[index] : 0;
  }

  Words words_;
  std::size_t position_;
};

}  // namespace hakem::tsdb

#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace hakem::tsdb {

/// Appends groups of bits, most significant first, to words that it makes room for.
class BitWriter {
 public:
  /// The lowest `count` (1 to 64) bits of `bits`; the others are zero.
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
  unsigned used_ = 64;  ///< Bits of the last word.
};

/// Reads what a BitWriter wrote. Past the end it yields zeros and is no longer ok(). `Words` is
/// anything with `size()` and `[]` that yields a std::uint64_t.
template <typename Words>
class BitReader {
 public:
  explicit BitReader(Words words) : words_(words) {}

  /// The next `count` (1 to 64) bits.
  std::uint64_t Read(unsigned count) {
    const std::size_t word = position_ >> 6;
    const unsigned offset = position_ & 63;
    position_ += count;
    if (position_ > words_.size() * 64) {
      ok_ = false;
      return 0;
    }
    std::uint64_t bits = words_[word] << offset;
    if (offset + count > 64) {
      bits |= words_[word + 1] >> (64 - offset);
    }
    return bits >> (64 - count);
  }

  bool ReadBit() { return Read(1) != 0; }

  bool ok() const { return ok_; }

 private:
  Words words_;
  std::size_t position_ = 0;
  bool ok_ = true;
};

}  // namespace hakem::tsdb

#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <utility>

namespace hakem::differential {

/// Pseudo-random numbers that are the same for the same seed on every machine.
class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}

  /// Returns 0 to limit - 1. Requires: limit > 0.
  std::size_t Below(std::size_t limit) { return static_cast<std::size_t>(engine_() % limit); }

  /// Returns true with this probability in percent.
  bool Chance(std::size_t percent) { return Below(100) < percent; }

  /// Returns a random element. Requires: not empty.
  template <typename Container>
  const auto& OneOf(const Container& container) {
    return *std::next(std::begin(container),
                      static_cast<std::ptrdiff_t>(Below(std::size(container))));
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace hakem::differential

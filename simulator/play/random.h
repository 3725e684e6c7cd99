#pragma once

#include <chrono>
#include <cstdint>

namespace hakem::simulator {

/// A stream of pseudo-random numbers (SplitMix64). For one seed it is the same on every platform,
/// which the standard library's distributions are not. Cheap to copy; used by one thread.
class Random {
 public:
  explicit constexpr Random(std::uint64_t seed) : state_(seed) {}

  constexpr std::uint64_t Next() {
    state_ += 0x9E3779B97F4A7C15U;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30U)) * 0xBF58476D1CE4E5B9U;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94D049BB133111EBU;
    return mixed ^ (mixed >> 31U);
  }

  /// Returns an integer in 0 … bound − 1, evenly distributed. Requires: bound > 0.
  constexpr std::uint64_t Below(std::uint64_t bound) {
    // Numbers of the last, incomplete multiple of `bound` are rejected: they would make small
    // results more likely.
    const std::uint64_t incomplete = (UINT64_MAX % bound + 1) % bound;
    std::uint64_t drawn = Next();
    while (drawn > UINT64_MAX - incomplete) {
      drawn = Next();
    }
    return drawn % bound;
  }

  /// Returns a number in [0, 1), evenly distributed.
  constexpr double Unit() { return static_cast<double>(Next() >> 11U) * 0x1p-53; }

  /// Returns true with this probability.
  constexpr bool Chance(double share) { return Unit() < share; }

  /// Returns a duration in [shortest, longest), evenly distributed.
  constexpr std::chrono::microseconds Between(std::chrono::microseconds shortest,
                                              std::chrono::microseconds longest) {
    return Stretch(shortest, longest, Unit());
  }

  /// Returns a duration in [shortest, longest) that is mostly short, as human response times are.
  /// The mean is at one third of the range.
  constexpr std::chrono::microseconds Skewed(std::chrono::microseconds shortest,
                                             std::chrono::microseconds longest) {
    const double unit = Unit();
    return Stretch(shortest, longest, unit * unit);
  }

  /// Returns a new, independent stream.
  constexpr Random Fork() { return Random(Next()); }

 private:
  static constexpr std::chrono::microseconds Stretch(std::chrono::microseconds shortest,
                                                     std::chrono::microseconds longest,
                                                     double unit) {
    const auto width = static_cast<double>((longest - shortest).count());
    return shortest + std::chrono::microseconds(static_cast<std::int64_t>(width * unit));
  }

  std::uint64_t state_;
};

}  // namespace hakem::simulator

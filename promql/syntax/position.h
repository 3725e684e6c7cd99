#pragma once

#include <cstddef>

namespace hakem::promql {

/// Where something stands in a query: bytes [begin, end), and the line and column of `begin`,
/// counted from 1 (columns in bytes, as Prometheus counts them).
struct Position {
  std::size_t begin = 0;
  std::size_t end = 0;
  int line = 1;
  int column = 1;

  bool operator==(const Position&) const = default;
};

/// From the beginning of one to the end of the other.
inline Position Span(const Position& first, const Position& last) {
  return {first.begin, last.end, first.line, first.column};
}

}  // namespace hakem::promql

#pragma once

#include <cstddef>

namespace hakem::promql {

/// A position in a query: bytes [begin, end), and the line and column of `begin`, counted from 1
/// (columns in bytes, as in Prometheus).
struct Position {
  std::size_t begin = 0;
  std::size_t end = 0;
  int line = 1;
  int column = 1;

  bool operator==(const Position&) const = default;
};

/// Returns the position from the beginning of `first` to the end of `last`.
inline Position Span(const Position& first, const Position& last) {
  return {first.begin, last.end, first.line, first.column};
}

}  // namespace hakem::promql

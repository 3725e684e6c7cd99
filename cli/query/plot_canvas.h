#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace hakem::cli {

/// A grid of dots for lines in a terminal. Each character has two dots across and four down, and
/// remembers whose line was drawn last in it.
class PlotCanvas {
 public:
  PlotCanvas(std::size_t columns, std::size_t rows);

  std::size_t dots_across() const { return columns_ * 2; }

  std::size_t dots_down() const { return rows_ * 4; }

  struct Dot {
    std::ptrdiff_t x;
    std::ptrdiff_t y;  ///< Counts from the bottom.
  };

  /// Draws a straight line of dots, both ends included. Requires: the ends are on the canvas.
  void DrawLine(Dot from, Dot to, std::size_t owner);

  struct Cell {
    std::uint8_t dots = 0;  ///< A bit for each dot, as in Unicode's braille characters.
    std::size_t owner = 0;  ///< Only meaningful if there are dots.
  };

  /// Row 0 is the top.
  const Cell& At(std::size_t column, std::size_t row) const {
    return cells_[row * columns_ + column];
  }

 private:
  void Set(Dot dot, std::size_t owner);

  const std::size_t columns_;
  const std::size_t rows_;
  std::vector<Cell> cells_;
};

/// The braille character with these dots, U+2800 to U+28FF.
std::string BrailleCharacter(std::uint8_t dots);

}  // namespace hakem::cli

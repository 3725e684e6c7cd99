#include "cli/query/plot_canvas.h"

#include <array>
#include <cstdlib>

namespace hakem::cli {
namespace {

constexpr std::size_t kAcross = 2;
constexpr std::size_t kDown = 4;

/// The bit of each dot by row, from the top, and column.
constexpr std::array<std::array<std::uint8_t, kAcross>, kDown> kBits{
    {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}}};

}  // namespace

PlotCanvas::PlotCanvas(std::size_t columns, std::size_t rows)
    : columns_(columns), rows_(rows), cells_(columns * rows) {}

void PlotCanvas::Set(Dot dot, std::size_t owner) {
  const auto x = static_cast<std::size_t>(dot.x);
  const std::size_t y = dots_down() - 1 - static_cast<std::size_t>(dot.y);
  Cell& cell = cells_[y / kDown * columns_ + x / kAcross];
  cell.dots = static_cast<std::uint8_t>(cell.dots | kBits[y % kDown][x % kAcross]);
  cell.owner = owner;
}

void PlotCanvas::DrawLine(Dot from, Dot to, std::size_t owner) {
  const std::ptrdiff_t steps = std::max(std::abs(to.x - from.x), std::abs(to.y - from.y));
  Set(from, owner);
  for (std::ptrdiff_t i = 1; i <= steps; ++i) {
    Set({from.x + (to.x - from.x) * i / steps, from.y + (to.y - from.y) * i / steps}, owner);
  }
}

std::string BrailleCharacter(std::uint8_t dots) {
  return {'\xe2', static_cast<char>(0xa0 | (dots >> 6)), static_cast<char>(0x80 | (dots & 0x3f))};
}

}  // namespace hakem::cli

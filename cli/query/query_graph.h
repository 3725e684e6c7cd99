#pragma once

#include <cstddef>
#include <string>

#include "promql/engine.h"
#include "promql/value.h"

namespace hakem::cli {

struct GraphOptions {
  std::size_t width = 80;   ///< Columns of the terminal.
  std::size_t height = 15;  ///< Rows of the plot, without axis and legend; made odd.
  bool colour = false;
};

/// Draws a matrix for a terminal: lines of braille dots between a value axis and a time axis (UTC),
/// and a legend in which the highest last values come first. Points that are more than a step apart
/// are not joined. Without colour, each of several series is drawn with its own character. Ends
/// with a newline.
std::string DrawGraph(const promql::Matrix& matrix, const promql::StepRange& range,
                      const GraphOptions& options);

}  // namespace hakem::cli

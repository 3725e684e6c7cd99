#pragma once

#include <cstddef>
#include <string>

#include "promql/engine.h"
#include "promql/value.h"

namespace hakem::exporter {

struct GraphOptions {
  std::size_t width = 80;   ///< Columns of the terminal.
  std::size_t height = 15;  ///< Rows of the plot, without axis and legend; made odd.
  bool colour = false;
};

/// Draws a matrix for a terminal: lines of braille dots between a value axis and a time axis (UTC),
/// and a legend below, the series with the highest last values first. Points that are further apart
/// than a step are not joined. Where there are several series and no colour, each is drawn by a
/// character of its own. Ends with a newline.
std::string DrawGraph(const promql::Matrix& matrix, const promql::StepRange& range,
                      const GraphOptions& options);

}  // namespace hakem::exporter

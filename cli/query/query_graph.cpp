#include "cli/query/query_graph.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <string_view>
#include <vector>

#include "cli/query/plot_canvas.h"
#include "cli/query/query_table.h"
#include "format/printable.h"

namespace hakem::cli {
namespace {

constexpr std::size_t kLeastPlotWidth = 20;
constexpr std::size_t kLeastHeight = 3;
constexpr std::size_t kMostInLegend = 12;
constexpr std::array<std::string_view, 6> kColours{"\x1b[36m", "\x1b[33m", "\x1b[32m",
                                                   "\x1b[35m", "\x1b[31m", "\x1b[34m"};
constexpr std::string_view kNoColour = "\x1b[0m";
constexpr std::string_view kMarks = "*o+x#@%&=~";

bool IsPlottable(const tsdb::Point& point) {
  return std::isfinite(point.value);
}

/// The ends of the value axis.
struct Bounds {
  double low = 0;
  double high = 0;
};

/// Finds the range of the plottable values. False if there are none.
bool FindBounds(const promql::Matrix& matrix, Bounds& bounds) {
  bool found = false;
  for (const promql::MatrixRow& row : matrix) {
    for (const tsdb::Point& point : row.points) {
      if (IsPlottable(point)) {
        bounds.low = found ? std::min(bounds.low, point.value) : point.value;
        bounds.high = found ? std::max(bounds.high, point.value) : point.value;
        found = true;
      }
    }
  }
  if (bounds.low == bounds.high) {  // Puts a level line in the middle.
    const double margin = bounds.low == 0 ? 1 : std::abs(bounds.low) / 2;
    bounds = {bounds.low - margin, bounds.high + margin};
  }
  return found;
}

/// Draws one graph.
class GraphPainter {
 public:
  GraphPainter(const promql::Matrix& matrix, const promql::StepRange& range,
               const GraphOptions& options, const Bounds& bounds)
      : range_(range),
        bounds_(bounds),
        colour_(options.colour),
        rows_(std::max(options.height, kLeastHeight) | 1U),  // Odd: one is the middle.
        labels_(AxisLabels()),
        columns_(PlotWidth(options.width)),
        canvas_(columns_, rows_) {
    for (const promql::MatrixRow& row : matrix) {
      series_.push_back(&row);
    }
    std::stable_sort(series_.begin(), series_.end(), [](const auto* a, const auto* b) {
      return a->points.back().value > b->points.back().value;
    });
    for (std::size_t i = series_.size(); i > 0; --i) {  // The first of the legend lies on top.
      Draw(*series_[i - 1], i - 1);
    }
  }

  std::string Text() const { return Plot() + TimeAxis() + Legend(); }

 private:
  std::vector<std::string> AxisLabels() const;
  std::size_t PlotWidth(std::size_t width) const;
  PlotCanvas::Dot DotOf(const tsdb::Point& point) const;
  void Draw(const promql::MatrixRow& row, std::size_t owner);
  void AppendMark(std::string& text, std::size_t owner, std::string_view mark) const;
  void AppendCell(std::string& text, const PlotCanvas::Cell& cell) const;
  std::string Plot() const;
  std::string TimeAxis() const;
  std::string Legend() const;

  std::size_t label_width() const { return labels_.front().size(); }

  bool uses_braille() const { return colour_ || series_.size() == 1; }

  const promql::StepRange range_;
  const Bounds bounds_;
  const bool colour_;
  const std::size_t rows_;
  const std::vector<std::string> labels_;  ///< One for each row, padded to one width.
  const std::size_t columns_;
  std::vector<const promql::MatrixRow*> series_;
  PlotCanvas canvas_;
};

std::vector<std::string> GraphPainter::AxisLabels() const {
  std::vector<std::string> labels(rows_);
  std::size_t width = 0;
  const std::size_t last = rows_ - 1;
  for (const std::size_t row : {std::size_t{0}, last / 2, last}) {
    const double share = 1 - static_cast<double>(row) / static_cast<double>(last);
    labels[row] = fmt::format("{:.4g}", bounds_.low + share * (bounds_.high - bounds_.low));
    width = std::max(width, labels[row].size());
  }
  for (std::string& label : labels) {
    label = fmt::format("{:>{}}", label, width);
  }
  return labels;
}

std::size_t GraphPainter::PlotWidth(std::size_t width) const {
  const std::size_t taken = label_width() + 2;
  return width > taken + kLeastPlotWidth ? width - taken : kLeastPlotWidth;
}

PlotCanvas::Dot GraphPainter::DotOf(const tsdb::Point& point) const {
  const auto length = static_cast<double>(std::max((range_.end - range_.start).count(), 1L));
  const double x = static_cast<double>((point.time - range_.start).count()) / length;
  const double y = (point.value - bounds_.low) / (bounds_.high - bounds_.low);
  const auto dot = [](double share, std::size_t dots) {
    return static_cast<std::ptrdiff_t>(
        std::llround(std::clamp(share, 0.0, 1.0) * static_cast<double>(dots - 1)));
  };
  return {dot(x, canvas_.dots_across()), dot(y, canvas_.dots_down())};
}

void GraphPainter::Draw(const promql::MatrixRow& row, std::size_t owner) {
  const tsdb::Point* previous = nullptr;
  for (const tsdb::Point& point : row.points) {
    if (!IsPlottable(point)) {
      previous = nullptr;
      continue;
    }
    const bool joined = previous != nullptr && point.time - previous->time <= range_.step;
    canvas_.DrawLine(DotOf(joined ? *previous : point), DotOf(point), owner);
    previous = &point;
  }
}

void GraphPainter::AppendMark(std::string& text, std::size_t owner, std::string_view mark) const {
  if (colour_) {
    text += kColours[owner % kColours.size()];
    text += mark;
    text += kNoColour;
  } else {
    text += mark;
  }
}

void GraphPainter::AppendCell(std::string& text, const PlotCanvas::Cell& cell) const {
  if (cell.dots == 0) {
    text += ' ';
  } else if (uses_braille()) {
    AppendMark(text, cell.owner, BrailleCharacter(cell.dots));
  } else {
    text += kMarks[cell.owner % kMarks.size()];
  }
}

std::string GraphPainter::Plot() const {
  std::string text;
  for (std::size_t row = 0; row < rows_; ++row) {
    std::string line = labels_[row];
    line += labels_[row].back() == ' ' ? " │" : " ┤";
    for (std::size_t column = 0; column < columns_; ++column) {
      AppendCell(line, canvas_.At(column, row));
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + '\n';
  }
  return text;
}

std::string GraphPainter::TimeAxis() const {
  const std::string margin(label_width() + 1, ' ');
  std::string text = margin + "└";
  for (std::size_t column = 0; column < columns_; ++column) {
    text += "─";
  }
  const std::string start = FormatRfc3339(range_.start);
  const std::string end = FormatRfc3339(range_.end);
  const std::size_t gap =
      columns_ + 1 > start.size() + end.size() ? columns_ + 1 - start.size() - end.size() : 1;
  return fmt::format("{}\n{}{}{}{}\n", text, margin, start, std::string(gap, ' '), end);
}

std::string GraphPainter::Legend() const {
  std::string text;
  for (std::size_t i = 0; i < std::min(series_.size(), kMostInLegend); ++i) {
    text += "  ";
    AppendMark(text, i, uses_braille() ? "●" : kMarks.substr(i % kMarks.size(), 1));
    fmt::format_to(std::back_inserter(text), " {}  {}\n",
                   Printable(FormatSeries(series_[i]->labels)),
                   FormatQueryNumber(series_[i]->points.back().value));
  }
  if (series_.size() > kMostInLegend) {
    fmt::format_to(std::back_inserter(text), "  … and {} more series\n",
                   series_.size() - kMostInLegend);
  }
  return text;
}

}  // namespace

std::string DrawGraph(const promql::Matrix& matrix, const promql::StepRange& range,
                      const GraphOptions& options) {
  Bounds bounds;
  if (!FindBounds(matrix, bounds)) {
    return "no data\n";
  }
  return GraphPainter(matrix, range, options, bounds).Text();
}

}  // namespace hakem::cli

#include "cli/query/query_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <variant>

#include "format/number.h"

namespace hakem::cli {
namespace {

constexpr std::string_view kNoData = "no data\n";

struct TableFormatter {
  std::string operator()(const promql::Scalar& scalar) const {
    return FormatQueryNumber(scalar.value) + '\n';
  }

  std::string operator()(const promql::Text& text) const { return text.value + '\n'; }

  std::string operator()(const promql::Vector& vector) const {
    std::vector<std::string> names;
    std::size_t width = 0;
    for (const promql::VectorElement& element : vector) {
      names.push_back(FormatSeries(element.labels));
      width = std::max(width, names.back().size());
    }
    std::string text;
    for (std::size_t i = 0; i < vector.size(); ++i) {
      fmt::format_to(std::back_inserter(text), "{:<{}}  {}\n", names[i], width,
                     FormatQueryNumber(vector[i].value));
    }
    return text.empty() ? std::string(kNoData) : text;
  }

  std::string operator()(const promql::Matrix& matrix) const {
    std::string text;
    for (const promql::MatrixRow& row : matrix) {
      text += FormatSeries(row.labels) + '\n';
      for (const tsdb::Point& point : row.points) {
        fmt::format_to(std::back_inserter(text), "  {:<24}  {}\n", FormatRfc3339(point.time),
                       FormatQueryNumber(point.value));
      }
    }
    return text.empty() ? std::string(kNoData) : text;
  }
};

}  // namespace

std::string FormatQueryNumber(double value) {
  return FormatNumber(value, NumberForm::kExposition);
}

std::string FormatQueryTable(const promql::Value& value) {
  return std::visit(TableFormatter(), value);
}

}  // namespace hakem::cli

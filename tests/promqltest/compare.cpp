#include "tests/promqltest/compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <regex>

#include "promql/syntax/printer.h"

namespace hakem::promqltest {
namespace {

using Kind = Expectation::Kind;
using promql::Matrix;
using promql::MatrixRow;
using promql::PrintLabels;
using promql::Vector;

std::string CompareVector(const Eval& eval, const Vector& vector) {
  if (vector.size() != eval.series.size()) {
    std::string got;
    for (const auto& element : vector) {
      got += fmt::format(" {} {}", PrintLabels(element.labels), element.value);
    }
    return fmt::format("{} elements expected, got {}:{}", eval.series.size(), vector.size(), got);
  }
  for (std::size_t i = 0; i < vector.size(); ++i) {
    const auto expected =
        eval.ordered ? eval.series.begin() + static_cast<std::ptrdiff_t>(i)
                     : std::find_if(eval.series.begin(), eval.series.end(),
                                    [&](const auto& s) { return s.labels == vector[i].labels; });
    if (expected == eval.series.end() || expected->labels != vector[i].labels) {
      return fmt::format("unexpected element {} at position {}", PrintLabels(vector[i].labels), i);
    }
    const double value = expected->items.empty()
                             ? std::numeric_limits<double>::quiet_NaN()
                             : expected->items.front().value.value_or(std::nan(""));
    if (!AlmostEqual(value, vector[i].value)) {
      return fmt::format("{}: expected {}, got {}", PrintLabels(vector[i].labels), value,
                         vector[i].value);
    }
  }
  return "";
}

/// Compares a row's points with the items, which are at start, start + step, …
std::string CompareRow(const SeriesText& expected, const MatrixRow& row, Timestamp start,
                       Duration step) {
  std::size_t next = 0;
  for (std::size_t i = 0; i < expected.items.size(); ++i) {
    if (!expected.items[i].value) {
      continue;
    }
    const Timestamp time = start + step * static_cast<Duration::rep>(i);
    if (next == row.points.size() || row.points[next].time != time) {
      return fmt::format("{}: no point at {}", PrintLabels(row.labels), ToUnixSeconds(time));
    }
    if (!AlmostEqual(*expected.items[i].value, row.points[next].value)) {
      return fmt::format("{}: expected {} at {}, got {}", PrintLabels(row.labels),
                         *expected.items[i].value, ToUnixSeconds(time), row.points[next].value);
    }
    ++next;
  }
  return next == row.points.size()
             ? ""
             : fmt::format("{}: unexpected point at {}", PrintLabels(row.labels),
                           ToUnixSeconds(row.points[next].time));
}

std::string CompareMatrix(const Eval& eval, const Matrix& matrix, Timestamp start, Duration step) {
  const bool sorted =
      std::is_sorted(matrix.begin(), matrix.end(),
                     [](const MatrixRow& a, const MatrixRow& b) { return a.labels < b.labels; });
  if (!sorted) {
    return "series are not sorted by their labels";
  }
  if (matrix.size() != eval.series.size()) {
    return fmt::format("{} series expected, got {}", eval.series.size(), matrix.size());
  }
  for (const SeriesText& expected : eval.series) {
    const auto row = std::find_if(matrix.begin(), matrix.end(),
                                  [&](const MatrixRow& r) { return r.labels == expected.labels; });
    if (row == matrix.end()) {
      return fmt::format("no series {}", PrintLabels(expected.labels));
    }
    if (std::string difference = CompareRow(expected, *row, start, step); !difference.empty()) {
      return difference;
    }
  }
  return "";
}

std::string CompareScalar(const Eval& eval, double value) {
  if (!eval.scalar) {
    return "did not expect a scalar";
  }
  return AlmostEqual(*eval.scalar, value) ? ""
                                          : fmt::format("expected {}, got {}", *eval.scalar, value);
}

bool Matches(const Expectation& expectation, const std::string& text) {
  switch (expectation.match) {
    case Expectation::Match::kAnything:
      return true;
    case Expectation::Match::kExactly:
      return text == expectation.text;
    case Expectation::Match::kRegex:
      return std::regex_search(text, std::regex(expectation.text));
  }
  return false;
}

/// Each expectation must match a text. If there are any, each text must match an expectation.
std::string CompareTexts(const Eval& eval, Kind wanted, Kind unwanted,
                         const std::vector<std::string>& texts) {
  std::vector<Expectation> expected;
  for (const Expectation& expectation : eval.expectations) {
    if (expectation.kind == unwanted && !texts.empty()) {
      return fmt::format("unexpected annotation: {}", texts.front());
    }
    if (expectation.kind == wanted) {
      expected.push_back(expectation);
    }
  }
  for (const Expectation& expectation : expected) {
    if (std::none_of(texts.begin(), texts.end(),
                     [&](const std::string& text) { return Matches(expectation, text); })) {
      return fmt::format("missing annotation \"{}\"", expectation.text);
    }
  }
  for (const std::string& text : texts) {
    if (!expected.empty() && std::none_of(expected.begin(), expected.end(),
                                          [&](const Expectation& e) { return Matches(e, text); })) {
      return fmt::format("unexpected annotation: {}", text);
    }
  }
  return "";
}

}  // namespace

std::string CompareValue(const Eval& eval, const promql::Value& value) {
  if (const auto* scalar = std::get_if<promql::Scalar>(&value)) {
    return CompareScalar(eval, scalar->value);
  }
  if (const auto* text = std::get_if<promql::Text>(&value)) {
    return eval.text == text->value ? "" : fmt::format("unexpected string \"{}\"", text->value);
  }
  if (eval.scalar || eval.text) {
    return "expected a scalar or a string";
  }
  if (const auto* vector = std::get_if<Vector>(&value)) {
    return CompareVector(eval, *vector);
  }
  const auto [start, step] =
      eval.matrix_times.value_or(std::pair(eval.start, eval.step.value_or(Duration{1})));
  return CompareMatrix(eval, std::get<Matrix>(value), start, step);
}

std::string CompareMiddle(const Eval& eval, const Matrix& matrix, Timestamp time) {
  Vector vector;
  for (const MatrixRow& row : matrix) {
    for (const tsdb::Point& point : row.points) {
      if (point.time == time) {
        vector.push_back({row.labels, time, point.value});
      }
    }
  }
  if (eval.scalar) {
    return vector.size() == 1 ? CompareScalar(eval, vector.front().value) : "no scalar";
  }
  return CompareVector(eval, vector);
}

std::string CompareAnnotations(const Eval& eval, const promql::Annotations& annotations) {
  std::string difference = CompareTexts(eval, Kind::kWarn, Kind::kNoWarn, annotations.warnings());
  return difference.empty() ? CompareTexts(eval, Kind::kInfo, Kind::kNoInfo, annotations.infos())
                            : difference;
}

std::string CompareError(const Eval& eval, const std::string& message) {
  for (const Expectation& expectation : eval.expectations) {
    if (expectation.kind == Kind::kFail && !Matches(expectation, message)) {
      return fmt::format("expected error \"{}\", got \"{}\"", expectation.text, message);
    }
  }
  return "";
}

bool ExpectsError(const Eval& eval) {
  return std::any_of(eval.expectations.begin(), eval.expectations.end(),
                     [](const Expectation& e) { return e.kind == Kind::kFail; });
}

bool AlmostEqual(double a, double b) {
  constexpr double kTolerance = 1e-6;
  constexpr double kSmallest = std::numeric_limits<double>::min();
  if (std::isnan(a) || std::isnan(b)) {
    return std::isnan(a) && std::isnan(b) && tsdb::IsStaleMarker(a) == tsdb::IsStaleMarker(b);
  }
  if (a == b) {
    return true;
  }
  const double size = std::abs(a) + std::abs(b);
  const double difference = std::abs(a - b);
  if (a == 0 || b == 0 || size < kSmallest) {
    return difference < kTolerance * kSmallest;
  }
  return difference / std::min(size, std::numeric_limits<double>::max()) < kTolerance;
}

}  // namespace hakem::promqltest

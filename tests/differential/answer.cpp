#include "tests/differential/answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "promql/parsing/parser.h"
#include "promql/syntax/printer.h"

namespace hakem::differential {
namespace {

using nlohmann::json;
using promql::Matrix;
using promql::MatrixRow;

/// Prefixes that the HTTP API puts before the engine's error messages.
constexpr std::string_view kParameterPrefix = "invalid parameter \"query\": ";

void Sort(Matrix& rows) {
  std::sort(rows.begin(), rows.end(),
            [](const MatrixRow& a, const MatrixRow& b) { return a.labels < b.labels; });
}

struct ReadValue {
  Answer& answer;

  void operator()(const promql::Scalar& scalar) const {
    answer.type = "scalar";
    answer.rows = {{Labels{}, {{scalar.time, scalar.value}}}};
  }

  void operator()(const promql::Text& text) const {
    answer.type = "string";
    answer.text = text.value;
  }

  void operator()(const promql::Vector& vector) const {
    answer.type = "vector";
    for (const promql::VectorElement& element : vector) {
      answer.rows.push_back({element.labels, {{element.time, element.value}}});
    }
  }

  void operator()(const Matrix& matrix) const {
    answer.type = "matrix";
    answer.rows = matrix;
  }
};

tsdb::Point ReadPoint(const json& pair) {
  const auto milliseconds = std::llround(pair.at(0).get<double>() * 1000);
  const std::string text = pair.at(1);
  double value = 0;
  const char* begin = text.data() + (text.starts_with('+') ? 1 : 0);
  std::from_chars(begin, text.data() + text.size(), value);
  return {Timestamp{Duration{milliseconds}}, value};
}

MatrixRow ReadRow(const json& row) {
  std::vector<Label> labels;
  for (const auto& [name, value] : row.at("metric").items()) {
    labels.push_back({name, value});
  }
  MatrixRow read{Labels(labels), {}};
  if (row.contains("value")) {
    read.points.push_back(ReadPoint(row.at("value")));
  } else {
    for (const json& point : row.at("values")) {
      read.points.push_back(ReadPoint(point));
    }
  }
  return read;
}

/// Sorts the series in `…: [{b}, {a}];many-to-many …`, as versions after Prometheus 3.5 do.
void SortDuplicates(std::string& error) {
  constexpr std::string_view kBefore = " hand-side of the operation: [";
  const std::size_t before = error.find(kBefore);
  const std::size_t begin = before + kBefore.size();
  const std::size_t middle = error.find("}, {", begin);
  const std::size_t end = error.find("];many-to-many", begin);
  if (before == error.npos || middle == error.npos || end == error.npos) {
    return;
  }
  const std::string first = error.substr(begin, middle + 1 - begin);
  const std::string second = error.substr(middle + 3, end - middle - 3);
  if (second < first) {
    error.replace(begin, end - begin, fmt::format("{}, {}", second, first));
  }
}

/// Versions after Prometheus 3.5 do not print a missing name.
void DropEmptyName(std::string& annotation) {
  constexpr std::string_view kEmptyName = " for metric name \"\"";
  if (const std::size_t at = annotation.find(kEmptyName); at != annotation.npos) {
    annotation.erase(at, kEmptyName.size());
  }
}

std::vector<std::string> ReadTexts(const json& envelope, const char* kind) {
  std::vector<std::string> texts = envelope.value(kind, std::vector<std::string>{});
  std::for_each(texts.begin(), texts.end(), DropEmptyName);
  std::sort(texts.begin(), texts.end());
  return texts;
}

bool SameNumber(double a, double b) {
  constexpr double kTolerance = 1e-9;
  if (std::isnan(a) || std::isnan(b)) {
    return std::isnan(a) && std::isnan(b);
  }
  if (a == b) {
    return true;
  }
  return std::abs(a - b) <= kTolerance * std::max(std::abs(a), std::abs(b));
}

std::string DifferenceOfRows(const MatrixRow& prometheus, const MatrixRow& hakem) {
  const std::string name = promql::PrintLabels(prometheus.labels);
  for (std::size_t i = 0; i < std::max(prometheus.points.size(), hakem.points.size()); ++i) {
    const auto at = [i](const MatrixRow& row) {
      return i < row.points.size() ? fmt::format("{} at {:.3f}", row.points[i].value,
                                                 ToUnixSeconds(row.points[i].time))
                                   : "nothing";
    };
    const bool same = i < prometheus.points.size() && i < hakem.points.size() &&
                      prometheus.points[i].time == hakem.points[i].time &&
                      SameNumber(prometheus.points[i].value, hakem.points[i].value);
    if (!same) {
      return fmt::format("{}: prometheus {}, hakem {}", name, at(prometheus), at(hakem));
    }
  }
  return "";
}

std::string DifferenceOfTexts(std::string_view kind, const std::vector<std::string>& prometheus,
                              const std::vector<std::string>& hakem) {
  constexpr std::size_t kMostListed = 10;  // For more, the HTTP API returns only the number.
  return prometheus == hakem || hakem.size() > kMostListed
             ? ""
             : fmt::format("{}: prometheus [{}], hakem [{}]", kind, fmt::join(prometheus, "; "),
                           fmt::join(hakem, "; "));
}

std::string DifferenceOfValues(Matrix prometheus, Matrix hakem) {
  Sort(prometheus);
  Sort(hakem);
  for (std::size_t i = 0; i < std::max(prometheus.size(), hakem.size()); ++i) {
    if (i >= hakem.size() || (i < prometheus.size() && prometheus[i].labels < hakem[i].labels)) {
      return fmt::format("prometheus alone has {}", promql::PrintLabels(prometheus[i].labels));
    }
    if (i >= prometheus.size() || hakem[i].labels < prometheus[i].labels) {
      return fmt::format("hakem alone has {}", promql::PrintLabels(hakem[i].labels));
    }
    if (std::string difference = DifferenceOfRows(prometheus[i], hakem[i]); !difference.empty()) {
      return difference;
    }
  }
  return "";
}

}  // namespace

Answer AskHakem(const Query& query, const tsdb::Queryable& data, promql::Features features) {
  const promql::EngineOptions options{.features = features, .counts_samples = true};
  const auto evaluate = [&](const promql::ExprPtr& expr) {
    return query.range ? promql::EvaluateRange(*expr, data, *query.range, options)
                       : promql::EvaluateInstant(*expr, data, query.time, options);
  };
  const Result<promql::Evaluation> evaluation =
      promql::Parse(query.expr, features).and_then(evaluate);
  Answer answer;
  if (!evaluation) {
    answer.error = evaluation.error().message;
    return answer;
  }
  std::visit(ReadValue{answer}, evaluation->value);
  answer.warnings = evaluation->annotations.warnings();
  answer.infos = evaluation->annotations.infos();
  std::sort(answer.warnings.begin(), answer.warnings.end());
  std::sort(answer.infos.begin(), answer.infos.end());
  answer.samples = evaluation->samples.Total();
  return answer;
}

Result<Answer> ReadAnswer(const json& envelope) {
  Answer answer;
  try {
    answer.warnings = ReadTexts(envelope, "warnings");
    answer.infos = ReadTexts(envelope, "infos");
    if (envelope.at("status") == "error") {
      answer.error = envelope.at("error");
      if (answer.error.starts_with(kParameterPrefix)) {
        answer.error.erase(0, kParameterPrefix.size());
      }
      SortDuplicates(answer.error);
      return answer;
    }
    const json& data = envelope.at("data");
    answer.type = data.at("resultType");
    answer.samples = data.at("stats").at("samples").at("totalQueryableSamples");
    const json& result = data.at("result");
    if (answer.type == "string") {
      answer.text = result.at(1);
    } else if (answer.type == "scalar") {
      answer.rows = {{Labels{}, {ReadPoint(result)}}};
    } else {
      std::transform(result.begin(), result.end(), std::back_inserter(answer.rows), ReadRow);
    }
  } catch (const json::exception& error) {
    return Fail(ErrorCode::kInvalidInput, error.what());
  }
  return answer;
}

std::string Difference(const Answer& prometheus, const Answer& hakem) {
  if (prometheus.error != hakem.error) {
    const auto named = [](const std::string& error) {
      return error.empty() ? "a value" : fmt::format("\"{}\"", error);
    };
    return fmt::format("prometheus: {}, hakem: {}", named(prometheus.error), named(hakem.error));
  }
  if (!prometheus.error.empty()) {
    return "";
  }
  if (prometheus.type != hakem.type || prometheus.text != hakem.text) {
    return fmt::format("prometheus: {} {}, hakem: {} {}", prometheus.type, prometheus.text,
                       hakem.type, hakem.text);
  }
  for (std::string difference : {DifferenceOfValues(prometheus.rows, hakem.rows),
                                 DifferenceOfTexts("warnings", prometheus.warnings, hakem.warnings),
                                 DifferenceOfTexts("infos", prometheus.infos, hakem.infos)}) {
    if (!difference.empty()) {
      return difference;
    }
  }
  return prometheus.samples == hakem.samples
             ? ""
             : fmt::format("samples: prometheus {}, hakem {}", prometheus.samples, hakem.samples);
}

}  // namespace hakem::differential

#include "web/prometheus_api/json/value.h"

#include <fmt/format.h>

#include <iterator>
#include <variant>

#include "promql/syntax/format_float.h"
#include "web/prometheus_api/json/text.h"

namespace hakem::web {
namespace {

void AppendPoint(std::string& json, Timestamp time, double value) {
  json += '[';
  AppendPointTime(json, time);
  json += ',';
  AppendSampleValue(json, value);
  json += ']';
}

/// A scalar's or string's time: as any JSON number, so `1764001000.5` where a point has `.500`.
void AppendTimeAndText(std::string& json, Timestamp time, std::string_view text) {
  json += '[';
  AppendJsonNumber(json, ToUnixSeconds(time));
  json += ',';
  AppendJsonString(json, text);
  json += ']';
}

/// About as long as the JSON will be: growing by and by would copy a long answer several times.
std::size_t LengthOf(const promql::Matrix& matrix) {
  constexpr std::size_t kPoint = 40;
  constexpr std::size_t kRow = 200;
  std::size_t length = 0;
  for (const promql::MatrixRow& row : matrix) {
    length += kRow + kPoint * row.points.size();
  }
  return length;
}

struct AppendResult {
  std::string& json;

  void operator()(const promql::Scalar& scalar) const {
    json += R"("scalar","result":)";
    AppendTimeAndText(json, scalar.time, promql::FormatFloat(scalar.value));
  }

  void operator()(const promql::Text& text) const {
    json += R"("string","result":)";
    AppendTimeAndText(json, text.time, text.value);
  }

  void operator()(const promql::Vector& vector) const {
    json += R"("vector","result":[)";
    for (bool first = true; const promql::VectorElement& element : vector) {
      json += first ? R"({"metric":)" : R"(,{"metric":)";
      AppendJsonLabels(json, element.labels);
      json += R"(,"value":)";
      AppendPoint(json, element.time, element.value);
      json += '}';
      first = false;
    }
    json += ']';
  }

  void operator()(const promql::Matrix& matrix) const {
    json.reserve(json.size() + LengthOf(matrix));
    json += R"("matrix","result":[)";
    for (bool first = true; const promql::MatrixRow& row : matrix) {
      json += first ? R"({"metric":)" : R"(,{"metric":)";
      AppendJsonLabels(json, row.labels);
      json += R"(,"values":)";
      for (char before = '['; const tsdb::Point& point : row.points) {
        json += before;
        AppendPoint(json, point.time, point.value);
        before = ',';
      }
      json += "]}";
      first = false;
    }
    json += ']';
  }
};

}  // namespace

void AppendValue(std::string& json, const promql::Value& value) {
  json += R"({"resultType":)";
  std::visit(AppendResult{json}, value);
}

}  // namespace hakem::web

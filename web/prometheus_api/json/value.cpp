#include "web/prometheus_api/json/value.h"

#include <fmt/format.h>

#include <bit>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <variant>
#include <vector>

#include "promql/syntax/format_float.h"
#include "web/prometheus_api/json/text.h"

namespace hakem::web {
namespace {

constexpr std::size_t kTypicalPointBytes = 32;

void AppendPoint(std::string& json, Timestamp time, double value) {
  json += '[';
  AppendPointTime(json, time);
  json += ',';
  AppendSampleValue(json, value);
  json += ']';
}

/// Appends `[[…],[…]]`. A value that is the one before it, as those of gauges mostly are, is copied
/// instead of being converted again.
void AppendPoints(std::string& json, const std::vector<tsdb::Point>& points) {
  double last = 0;
  std::size_t last_begin = 0;
  std::size_t last_size = 0;  // 0: there is none.
  json += '[';
  for (bool first = true; const tsdb::Point& point : points) {
    json += first ? "[" : ",[";
    AppendPointTime(json, point.time);
    json += ',';
    const std::size_t begin = json.size();
    if (last_size != 0 &&
        std::bit_cast<std::uint64_t>(last) == std::bit_cast<std::uint64_t>(point.value)) {
      json.resize(begin + last_size);
      std::memcpy(json.data() + begin, json.data() + last_begin, last_size);
    } else {
      AppendSampleValue(json, point.value);
      last = point.value;
      last_size = json.size() - begin;
    }
    last_begin = begin;
    json += ']';
    first = false;
  }
  json += ']';
}

/// So that a large answer is not copied again and again while it grows.
void ReserveFor(std::string& json, const promql::Matrix& matrix) {
  std::size_t points = 0;
  for (const promql::MatrixRow& row : matrix) {
    points += row.points.size();
  }
  json.reserve(json.size() + points * kTypicalPointBytes);
}

/// A scalar's or string's time: as any JSON number, so `1764001000.5` where a point has `.500`.
void AppendTimeAndText(std::string& json, Timestamp time, std::string_view text) {
  json += '[';
  AppendJsonNumber(json, ToUnixSeconds(time));
  json += ',';
  AppendJsonString(json, text);
  json += ']';
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
    ReserveFor(json, matrix);
    json += R"("matrix","result":[)";
    for (bool first = true; const promql::MatrixRow& row : matrix) {
      json += first ? R"({"metric":)" : R"(,{"metric":)";
      AppendJsonLabels(json, row.labels);
      json += R"(,"values":)";
      AppendPoints(json, row.points);
      json += '}';
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

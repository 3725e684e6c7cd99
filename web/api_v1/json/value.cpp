#include "web/api_v1/json/value.h"

#include <bit>
#include <cstdint>
#include <string_view>
#include <variant>
#include <vector>

#include "format/json.h"
#include "format/number.h"
#include "web/api_v1/json/text.h"

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

/// Writes the points of one series after another. Reuses text that repeats: the times, which are
/// the same for all series of a range query, and the previous value, which gauges often keep.
class PointsWriter {
 public:
  /// Appends `[[…],[…]]`.
  void Append(std::string& json, const std::vector<tsdb::Point>& points) {
    json += '[';
    for (std::size_t i = 0; i < points.size(); ++i) {
      json += TimeText(i, points[i].time).substr(i == 0 ? 1 : 0);
      json += ValueText(points[i].value);
    }
    json += ']';
  }

 private:
  struct Time {
    Timestamp time{};
    std::string text;
  };

  /// `,[1764001000,`
  std::string_view TimeText(std::size_t place, Timestamp time) {
    if (place == times_.size()) {
      times_.emplace_back();
    }
    Time& known = times_[place];
    if (known.text.empty() || known.time != time) {
      known = {time, ",["};
      AppendPointTime(known.text, time);
      known.text += ',';
    }
    return known.text;
  }

  /// `"0.5"]`
  std::string_view ValueText(double value) {
    if (value_text_.empty() ||
        std::bit_cast<std::uint64_t>(value) != std::bit_cast<std::uint64_t>(value_)) {
      value_ = value;
      value_text_.clear();
      AppendSampleValue(value_text_, value);
      value_text_ += ']';
    }
    return value_text_;
  }

  std::vector<Time> times_;  ///< By index in the series.
  double value_ = 0;
  std::string value_text_;
};

/// Reserves memory, so that a large answer is not copied repeatedly while it grows.
void ReserveFor(std::string& json, const promql::Matrix& matrix) {
  std::size_t points = 0;
  for (const promql::MatrixRow& row : matrix) {
    points += row.points.size();
  }
  json.reserve(json.size() + points * kTypicalPointBytes);
}

/// Appends the time of a scalar or string as a JSON number: `1764001000.5`, not `.500` as in
/// points.
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
    AppendTimeAndText(json, scalar.time, FormatNumber(scalar.value, NumberForm::kDecimal));
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
    PointsWriter writer;
    json += R"("matrix","result":[)";
    for (bool first = true; const promql::MatrixRow& row : matrix) {
      json += first ? R"({"metric":)" : R"(,{"metric":)";
      AppendJsonLabels(json, row.labels);
      json += R"(,"values":)";
      writer.Append(json, row.points);
      json += '}';
      first = false;
    }
    json += ']';
  }
};

}  // namespace

void AppendValue(std::string& json, const promql::Value& value) {
  json += R"("resultType":)";
  std::visit(AppendResult{json}, value);
}

}  // namespace hakem::web

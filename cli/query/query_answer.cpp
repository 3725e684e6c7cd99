#include "cli/query/query_answer.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "cli/output/api_json.h"

namespace hakem::cli {
namespace {

using Json = nlohmann::json;

constexpr double kMillisecondsPerSecond = 1000;

Timestamp ReadTime(const Json& json) {
  return Timestamp(Duration(std::llround(json.get<double>() * kMillisecondsPerSecond)));
}

promql::Vector ReadVector(const Json& result) {
  promql::Vector vector;
  for (const Json& element : result) {
    const Json& point = element.at("value");
    vector.push_back(
        {ReadLabels(element.at("metric")), ReadTime(point.at(0)), ReadNumber(point.at(1))});
  }
  return vector;
}

promql::Matrix ReadMatrix(const Json& result) {
  promql::Matrix matrix;
  for (const Json& row : result) {
    promql::MatrixRow read{ReadLabels(row.at("metric")), {}};
    for (const Json& point : row.at("values")) {
      read.points.push_back({ReadTime(point.at(0)), ReadNumber(point.at(1))});
    }
    matrix.push_back(std::move(read));
  }
  return matrix;
}

promql::Value ReadValue(const Json& data) {
  const std::string type = data.at("resultType");
  const Json& result = data.at("result");
  if (type == "vector") {
    return ReadVector(result);
  }
  if (type == "matrix") {
    return ReadMatrix(result);
  }
  const Timestamp time = ReadTime(result.at(0));
  const std::string text = result.at(1);
  return type == "scalar" ? promql::Value(promql::Scalar{time, ReadNumber(text)})
                          : promql::Value(promql::Text{time, text});
}

ErrorCode CodeOf(std::string_view error_type) {
  if (error_type == "bad_data") {
    return ErrorCode::kInvalidInput;
  }
  if (error_type == "timeout") {
    return ErrorCode::kTimeout;
  }
  return error_type == "execution" || error_type == "internal" ? ErrorCode::kInternal
                                                               : ErrorCode::kUnavailable;
}

}  // namespace

Result<QueryAnswer> ReadQueryAnswer(std::string_view body) {
  try {
    const Json json = Json::parse(body);
    if (json.at("status") != "success") {
      return Fail(CodeOf(json.at("errorType").get<std::string>()), json.at("error"));
    }
    return QueryAnswer{.value = ReadValue(json.at("data")),
                       .warnings = json.value("warnings", std::vector<std::string>()),
                       .infos = json.value("infos", std::vector<std::string>())};
  } catch (const Json::exception&) {
    return Fail(ErrorCode::kUnavailable, "the answer is not that of a server with Prometheus' API");
  }
}

}  // namespace hakem::cli

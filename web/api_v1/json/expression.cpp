#include "web/api_v1/json/expression.h"

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "format/number.h"
#include "promql/evaluation/functions/functions.h"

namespace hakem::web {
namespace {

void WriteTexts(JsonWriter& json, std::string_view key, const std::vector<std::string>& texts) {
  json.Key(key).Array(texts, [&](const std::string& text) { json.Value(text); });
}

/// Writes an expression as a member, `null` when there is none.
void WriteMember(JsonWriter& json, std::string_view key, const promql::ExprPtr& expr) {
  json.Key(key);
  expr == nullptr ? json.Value(nullptr) : WriteExpression(json, *expr);
}

/// The name of a type in signatures of functions.
std::string_view TypeName(promql::ValueType type) {
  switch (type) {
    case promql::ValueType::kScalar:
      return "scalar";
    case promql::ValueType::kVector:
      return "vector";
    case promql::ValueType::kMatrix:
      return "matrix";
    case promql::ValueType::kString:
      return "string";
  }
  return "none";
}

std::string_view CardinalityName(const promql::Binary& binary) {
  if (promql::IsSetOperator(binary.op)) {
    return "many-to-many";
  }
  switch (binary.matching.cardinality) {
    case promql::Cardinality::kManyToOne:
      return "many-to-one";
    case promql::Cardinality::kOneToMany:
      return "one-to-many";
    case promql::Cardinality::kOneToOne:
      return "one-to-one";
  }
  return "";
}

/// Milliseconds. A duration that depends on the query's times is 0, and its text is a member too.
void WriteLength(JsonWriter& json, const std::string& key, const promql::DurationOrExpr& length) {
  const auto* fixed = std::get_if<Duration>(&length);
  json.Member(key, fixed == nullptr ? 0 : fixed->count());
  if (fixed == nullptr) {
    json.Member(key + "Expr", promql::Print(length));
  }
}

void WriteModifier(JsonWriter& json, promql::RangeModifier modifier) {
  if (modifier != promql::RangeModifier::kNone) {
    json.Member(promql::ToString(modifier), true);
  }
}

/// Writes `{lhs, rhs}` as text, with `null` for a side that is not filled.
void WriteFill(JsonWriter& json, const promql::VectorMatching& vectors) {
  const auto text = [](const std::optional<double>& value) {
    return value ? std::optional(FormatNumber(*value, NumberForm::kDecimal)) : std::nullopt;
  };
  json.Key("fillValues").Object([&] {
    json.Member("lhs", text(vectors.fill_left));
    json.Member("rhs", text(vectors.fill_right));
  });
}

void WriteShift(JsonWriter& json, const promql::TimeShift& shift) {
  WriteLength(json, "offset", shift.offset.value_or(Duration(0)));
  std::optional<std::string_view> bound;
  std::optional<Duration::rep> instant;
  if (shift.at) {
    if (const auto* at_bound = std::get_if<promql::QueryBound>(&*shift.at)) {
      bound = *at_bound == promql::QueryBound::kStart ? "start" : "end";
    } else {
      instant = std::get<Timestamp>(*shift.at).time_since_epoch().count();
    }
  }
  json.Member("startOrEnd", bound);
  json.Member("timestamp", instant);
}

void WriteSelector(JsonWriter& json, const promql::VectorSelector& selector) {
  json.Key("matchers").Array(selector.matchers, [&](const Matcher& matcher) {
    json.Object([&] {
      json.Member("name", matcher.name());
      json.Member("type", ToString(matcher.op()));
      json.Member("value", matcher.value());
    });
  });
  json.Member("name", selector.name);
}

void WriteMatching(JsonWriter& json, const promql::Binary& binary) {
  json.Key("matching");
  if (binary.lhs->type() != promql::ValueType::kVector ||
      binary.rhs->type() != promql::ValueType::kVector) {
    json.Value(nullptr);
    return;
  }
  json.Object([&] {
    json.Member("card", CardinalityName(binary));
    WriteTexts(json, "include", binary.matching.include);
    WriteTexts(json, "labels", binary.matching.labels);
    json.Member("on", binary.matching.on);
    if (binary.matching.fills()) {
      WriteFill(json, binary.matching);
    }
  });
}

void WriteFunction(JsonWriter& json, const promql::FunctionSpec& function) {
  json.Object([&] {
    json.Key("argTypes").Array([&] {
      for (std::size_t i = 0; i < function.arguments.size(); ++i) {
        json.Value(TypeName(function.arguments[i]));
      }
    });
    json.Member("name", function.name);
    json.Member("returnType", TypeName(function.result));
    json.Member("variadic", function.optional);
  });
}

/// Writes the members of a node.
struct WriteNode {
  JsonWriter& json;

  void operator()(const promql::NumberLiteral& literal) const {
    json.Member("type", "numberLiteral");
    json.Member("val", FormatNumber(literal.value, NumberForm::kDecimal));
  }

  void operator()(const promql::StringLiteral& literal) const {
    json.Member("type", "stringLiteral");
    json.Member("val", literal.value);
  }

  void operator()(const promql::VectorSelector& selector) const {
    WriteSelector(json, selector);
    WriteShift(json, selector.shift);
    WriteModifier(json, selector.modifier);
    json.Member("type", "vectorSelector");
  }

  void operator()(const promql::MatrixSelector& matrix) const {
    WriteSelector(json, matrix.selector);
    WriteShift(json, matrix.shift);
    WriteModifier(json, matrix.modifier);
    WriteLength(json, "range", matrix.range);
    json.Member("type", "matrixSelector");
  }

  void operator()(const promql::Subquery& subquery) const {
    WriteMember(json, "expr", subquery.expr);
    WriteShift(json, subquery.shift);
    WriteLength(json, "range", subquery.range);
    WriteLength(json, "step", subquery.step.value_or(Duration(0)));
    json.Member("type", "subquery");
  }

  void operator()(const promql::Paren& paren) const {
    WriteMember(json, "expr", paren.expr);
    json.Member("type", "parenExpr");
  }

  void operator()(const promql::Unary& unary) const {
    WriteMember(json, "expr", unary.expr);
    json.Member("op", unary.negative ? "-" : "+");
    json.Member("type", "unaryExpr");
  }

  void operator()(const promql::Binary& binary) const {
    json.Member("bool", binary.return_bool);
    WriteMember(json, "lhs", binary.lhs);
    WriteMatching(json, binary);
    json.Member("op", promql::ToString(binary.op));
    WriteMember(json, "rhs", binary.rhs);
    json.Member("type", "binaryExpr");
  }

  void operator()(const promql::Call& call) const {
    json.Key("args").Array(
        call.arguments, [&](const promql::ExprPtr& argument) { WriteExpression(json, *argument); });
    WriteFunction(json.Key("func"), *call.function);
    json.Member("type", "call");
  }

  void operator()(const promql::Aggregate& aggregate) const {
    WriteMember(json, "expr", aggregate.expr);
    WriteTexts(json, "grouping", aggregate.grouping);
    json.Member("op", promql::ToString(aggregate.op));
    WriteMember(json, "param", aggregate.parameter);
    json.Member("type", "aggregation");
    json.Member("without", aggregate.without);
  }
};

}  // namespace

void WriteExpression(JsonWriter& json, const promql::Expr& expr) {
  json.Object([&] { std::visit(WriteNode{json}, expr.node); });
}

}  // namespace hakem::web

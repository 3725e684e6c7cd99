#include "web/api_v1/json/expression.h"

#include <fmt/format.h>

#include <string_view>
#include <variant>
#include <vector>

#include "format/json.h"
#include "format/number.h"
#include "promql/evaluation/functions/functions.h"

namespace hakem::web {
namespace {

/// Writes a node, member by member.
class ObjectWriter {
 public:
  explicit ObjectWriter(std::string& json) : json_(json) { json_ += '{'; }

  ObjectWriter(const ObjectWriter&) = delete;
  ObjectWriter& operator=(const ObjectWriter&) = delete;

  ~ObjectWriter() { json_ += '}'; }

  /// Begins a member. Its value must be appended to the returned string.
  std::string& Key(std::string_view key) {
    json_ += first_ ? "" : ",";
    first_ = false;
    AppendJsonString(json_, key);
    json_ += ':';
    return json_;
  }

  void Text(std::string_view key, std::string_view text) { AppendJsonString(Key(key), text); }

  void Boolean(std::string_view key, bool value) { Key(key) += value ? "true" : "false"; }

  void Integer(std::string_view key, std::int64_t value) {
    Key(key) += fmt::format_int(value).c_str();
  }

  void Texts(std::string_view key, const std::vector<std::string>& texts) {
    AppendJsonStrings(Key(key), texts);
  }

  /// Appends an expression, or `null` when there is none.
  void Expression(std::string_view key, const promql::ExprPtr& expr) {
    Key(key);
    if (expr == nullptr) {
      json_ += "null";
    } else {
      AppendExpression(json_, *expr);
    }
  }

 private:
  std::string& json_;
  bool first_ = true;
};

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
void AddLength(ObjectWriter& object, const std::string& key, const promql::DurationOrExpr& length) {
  const auto* fixed = std::get_if<Duration>(&length);
  object.Integer(key, fixed == nullptr ? 0 : fixed->count());
  if (fixed == nullptr) {
    object.Text(key + "Expr", promql::Print(length));
  }
}

void AddModifier(ObjectWriter& object, promql::RangeModifier modifier) {
  if (modifier != promql::RangeModifier::kNone) {
    object.Boolean(promql::ToString(modifier), true);
  }
}

/// Appends `{lhs, rhs}` as text, with `null` for a side that is not filled.
void AddFill(ObjectWriter& matching, const promql::VectorMatching& vectors) {
  ObjectWriter object(matching.Key("fillValues"));
  const auto add = [&](std::string_view key, const std::optional<double>& value) {
    if (value) {
      object.Text(key, FormatNumber(*value, NumberForm::kDecimal));
    } else {
      object.Key(key) += "null";
    }
  };
  add("lhs", vectors.fill_left);
  add("rhs", vectors.fill_right);
}

void AddShift(ObjectWriter& object, const promql::TimeShift& shift) {
  AddLength(object, "offset", shift.offset.value_or(Duration(0)));
  const Timestamp* instant = nullptr;
  const promql::QueryBound* bound = nullptr;
  if (shift.at) {
    instant = std::get_if<Timestamp>(&*shift.at);
    bound = std::get_if<promql::QueryBound>(&*shift.at);
  }
  if (bound == nullptr) {
    object.Key("startOrEnd") += "null";
  } else {
    object.Text("startOrEnd", *bound == promql::QueryBound::kStart ? "start" : "end");
  }
  if (instant == nullptr) {
    object.Key("timestamp") += "null";
  } else {
    object.Integer("timestamp", instant->time_since_epoch().count());
  }
}

void AddSelector(ObjectWriter& object, const promql::VectorSelector& selector) {
  std::string& json = object.Key("matchers");
  json += '[';
  for (bool first = true; const Matcher& matcher : selector.matchers) {
    json += first ? "" : ",";
    ObjectWriter entry(json);
    entry.Text("name", matcher.name());
    entry.Text("type", ToString(matcher.op()));
    entry.Text("value", matcher.value());
    first = false;
  }
  json += ']';
  object.Text("name", selector.name);
}

void AppendArguments(std::string& json, const std::vector<promql::ExprPtr>& arguments) {
  json += '[';
  for (bool first = true; const promql::ExprPtr& argument : arguments) {
    json += first ? "" : ",";
    AppendExpression(json, *argument);
    first = false;
  }
  json += ']';
}

void AppendFunction(std::string& json, const promql::FunctionSpec& function) {
  ObjectWriter object(json);
  std::vector<std::string> types;
  for (std::size_t i = 0; i < function.arguments.size(); ++i) {
    types.emplace_back(TypeName(function.arguments[i]));
  }
  object.Texts("argTypes", types);
  object.Text("name", function.name);
  object.Text("returnType", TypeName(function.result));
  object.Integer("variadic", function.optional);
}

struct AppendNode {
  std::string& json;

  void operator()(const promql::NumberLiteral& literal) const {
    ObjectWriter object(json);
    object.Text("type", "numberLiteral");
    object.Text("val", FormatNumber(literal.value, NumberForm::kDecimal));
  }

  void operator()(const promql::StringLiteral& literal) const {
    ObjectWriter object(json);
    object.Text("type", "stringLiteral");
    object.Text("val", literal.value);
  }

  void operator()(const promql::VectorSelector& selector) const {
    ObjectWriter object(json);
    AddSelector(object, selector);
    AddShift(object, selector.shift);
    AddModifier(object, selector.modifier);
    object.Text("type", "vectorSelector");
  }

  void operator()(const promql::MatrixSelector& matrix) const {
    ObjectWriter object(json);
    AddSelector(object, matrix.selector);
    AddShift(object, matrix.shift);
    AddModifier(object, matrix.modifier);
    AddLength(object, "range", matrix.range);
    object.Text("type", "matrixSelector");
  }

  void operator()(const promql::Subquery& subquery) const {
    ObjectWriter object(json);
    object.Expression("expr", subquery.expr);
    AddShift(object, subquery.shift);
    AddLength(object, "range", subquery.range);
    AddLength(object, "step", subquery.step.value_or(Duration(0)));
    object.Text("type", "subquery");
  }

  void operator()(const promql::Paren& paren) const {
    ObjectWriter object(json);
    object.Expression("expr", paren.expr);
    object.Text("type", "parenExpr");
  }

  void operator()(const promql::Unary& unary) const {
    ObjectWriter object(json);
    object.Expression("expr", unary.expr);
    object.Text("op", unary.negative ? "-" : "+");
    object.Text("type", "unaryExpr");
  }

  void operator()(const promql::Binary& binary) const {
    ObjectWriter object(json);
    object.Boolean("bool", binary.return_bool);
    object.Expression("lhs", binary.lhs);
    std::string& matching_json = object.Key("matching");
    if (binary.lhs->type() == promql::ValueType::kVector &&
        binary.rhs->type() == promql::ValueType::kVector) {
      ObjectWriter matching(matching_json);
      matching.Text("card", CardinalityName(binary));
      matching.Texts("include", binary.matching.include);
      matching.Texts("labels", binary.matching.labels);
      matching.Boolean("on", binary.matching.on);
      if (binary.matching.fills()) {
        AddFill(matching, binary.matching);
      }
    } else {
      matching_json += "null";
    }
    object.Text("op", promql::ToString(binary.op));
    object.Expression("rhs", binary.rhs);
    object.Text("type", "binaryExpr");
  }

  void operator()(const promql::Call& call) const {
    ObjectWriter object(json);
    AppendArguments(object.Key("args"), call.arguments);
    AppendFunction(object.Key("func"), *call.function);
    object.Text("type", "call");
  }

  void operator()(const promql::Aggregate& aggregate) const {
    ObjectWriter object(json);
    object.Expression("expr", aggregate.expr);
    object.Texts("grouping", aggregate.grouping);
    object.Text("op", promql::ToString(aggregate.op));
    object.Expression("param", aggregate.parameter);
    object.Text("type", "aggregation");
    object.Boolean("without", aggregate.without);
  }
};

}  // namespace

void AppendExpression(std::string& json, const promql::Expr& expr) {
  std::visit(AppendNode{json}, expr.node);
}

}  // namespace hakem::web

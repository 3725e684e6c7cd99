#include "promql/syntax/pretty_printer.h"

#include <string_view>
#include <utility>
#include <variant>

#include "model/interruption.h"
#include "promql/syntax/function_spec.h"
#include "promql/syntax/printer.h"

namespace hakem::promql {
namespace {

constexpr std::size_t kLineLength = 100;
constexpr std::size_t kIndent = 2;

/// Lays an expression out in lines. Every text is cut out of the one line that PrintWithPlaces
/// returns, so that only the printer knows the notation and each expression is printed once.
class LineBreaker {
 public:
  explicit LineBreaker(const Expr& expr) : printed_(PrintWithPlaces(expr)) { Write(expr, 0); }

  std::string TakeText() { return std::move(text_); }

 private:
  /// Appends an expression at a level of indentation, broken into lines if it is too long for one.
  void Write(const Expr& expr, std::size_t level) {
    CheckInterrupted();
    const TextPlace place = PlaceOf(expr);
    if (place.end - place.begin > kLineLength) {
      std::visit([&](const auto& node) { Break(node, place, level); }, expr.node);
      return;
    }
    if (!std::holds_alternative<Subquery>(expr.node)) {  // As in Prometheus, it is not indented.
      Indent(level);
    }
    Append(Between(place.begin, place.end));
  }

  template <typename Leaf>
  void Break(const Leaf&, TextPlace place, std::size_t level) {
    Indent(level);
    Append(Between(place.begin, place.end));
  }

  void Break(const Subquery& subquery, TextPlace place, std::size_t level) {
    Write(*subquery.expr, level);
    Append(Between(PlaceOf(*subquery.expr).end, place.end));
  }

  void Break(const Paren& paren, TextPlace, std::size_t level) {
    Indent(level);
    Append("(\n");
    Write(*paren.expr, level + 1);
    Close(level);
  }

  void Break(const Unary& unary, TextPlace place, std::size_t level) {
    Indent(level);
    Append(Between(place.begin, PlaceOf(*unary.expr).begin));
    is_after_sign_ = true;
    Write(*unary.expr, level);
  }

  void Break(const Binary& binary, TextPlace, std::size_t level) {
    Write(*binary.lhs, level + 1);
    Append("\n");
    Indent(level);
    Append(Between(PlaceOf(*binary.lhs).end + 1, PlaceOf(*binary.rhs).begin - 1));
    Append("\n");
    Write(*binary.rhs, level + 1);
  }

  void Break(const Call& call, TextPlace, std::size_t level) {
    Indent(level);
    Append(call.function->name);
    Append("(\n");
    for (const ExprPtr& argument : call.arguments) {
      Append(&argument == &call.arguments.front() ? "" : ",\n");
      Write(*argument, level + 1);
    }
    Close(level);
  }

  void Break(const Aggregate& aggregate, TextPlace place, std::size_t level) {
    const Expr& first = aggregate.parameter ? *aggregate.parameter : *aggregate.expr;
    Indent(level);
    Append(Between(place.begin, PlaceOf(first).begin));
    Append("\n");
    if (aggregate.parameter) {
      Write(*aggregate.parameter, level + 1);
      Append(",\n");
    }
    Write(*aggregate.expr, level + 1);
    Close(level);
  }

  TextPlace PlaceOf(const Expr& expr) const { return printed_.places.at(&expr); }

  std::string_view Between(std::size_t begin, std::size_t end) const {
    return std::string_view(printed_.text).substr(begin, end - begin);
  }

  void Append(std::string_view text) {
    text_ += text;
    is_after_sign_ = false;
  }

  /// Begins a line, unless it continues that of a sign.
  void Indent(std::size_t level) {
    if (!is_after_sign_) {
      text_.append(level * kIndent, ' ');
    }
  }

  void Close(std::size_t level) {
    Append("\n");
    Indent(level);
    Append(")");
  }

  const PrintedExpr printed_;
  std::string text_;
  bool is_after_sign_ = false;  ///< Whether the text ends in the sign of a unary expression.
};

}  // namespace

std::string PrettyPrint(const Expr& expr) {
  return LineBreaker(expr).TakeText();
}

}  // namespace hakem::promql

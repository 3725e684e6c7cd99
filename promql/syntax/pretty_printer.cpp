#include "promql/syntax/pretty_printer.h"

#include <fmt/format.h>

#include <variant>
#include <vector>

#include "model/interruption.h"
#include "promql/syntax/function_spec.h"
#include "promql/syntax/printer.h"

namespace hakem::promql {
namespace {

constexpr std::size_t kLineLength = 100;
constexpr std::size_t kIndent = 2;

std::string PrettyAt(const Expr& expr, std::size_t level);

std::string Indent(std::size_t level) {
  return std::string(level * kIndent, ' ');
}

/// Breaks an expression that is too long for its line. The text around the operands is cut out of
/// the line that Print returns, so that only Print knows the notation.
struct Breaker {
  const std::string& line;
  std::size_t level;

  template <typename Leaf>
  std::string operator()(const Leaf&) const {
    return Indent(level) + line;
  }

  std::string operator()(const Subquery& subquery) const {
    return PrettyAt(*subquery.expr, level) + line.substr(Print(*subquery.expr).size());
  }

  std::string operator()(const Paren& paren) const {
    return fmt::format("{0}(\n{1}\n{0})", Indent(level), PrettyAt(*paren.expr, level + 1));
  }

  std::string operator()(const Unary& unary) const {
    const std::string operand = PrettyAt(*unary.expr, level);
    return Indent(level) + line.front() + operand.substr(operand.find_first_not_of(' '));
  }

  std::string operator()(const Binary& binary) const {
    const std::size_t begin = Print(*binary.lhs).size() + 1;
    const std::size_t end = line.size() - Print(*binary.rhs).size() - 1;
    return fmt::format("{}\n{}{}\n{}", PrettyAt(*binary.lhs, level + 1), Indent(level),
                       line.substr(begin, end - begin), PrettyAt(*binary.rhs, level + 1));
  }

  std::string operator()(const Call& call) const {
    std::string arguments;
    for (const ExprPtr& argument : call.arguments) {
      arguments += arguments.empty() ? "" : ",\n";
      arguments += PrettyAt(*argument, level + 1);
    }
    return fmt::format("{0}{1}(\n{2}\n{0})", Indent(level), call.function->name, arguments);
  }

  std::string operator()(const Aggregate& aggregate) const {
    const std::string parameter =
        aggregate.parameter ? PrettyAt(*aggregate.parameter, level + 1) + ",\n" : "";
    std::size_t operands = Print(*aggregate.expr).size() + 1;
    if (aggregate.parameter) {
      operands += Print(*aggregate.parameter).size() + 2;
    }
    return fmt::format("{0}{1}\n{2}{3}\n{0})", Indent(level),
                       line.substr(0, line.size() - operands), parameter,
                       PrettyAt(*aggregate.expr, level + 1));
  }
};

std::string PrettyAt(const Expr& expr, std::size_t level) {
  CheckInterrupted();  // Each level prints everything below it: a deep one takes a second or two.
  const std::string line = Print(expr);
  if (line.size() > kLineLength) {
    return std::visit(Breaker{line, level}, expr.node);
  }
  // A short subquery is not indented, as in Prometheus.
  return std::holds_alternative<Subquery>(expr.node) ? line : Indent(level) + line;
}

}  // namespace

std::string PrettyPrint(const Expr& expr) {
  return PrettyAt(expr, 0);
}

}  // namespace hakem::promql

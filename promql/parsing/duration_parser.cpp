#include "promql/parsing/duration_parser.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

#include "promql/parsing/expr_checks.h"

namespace hakem::promql {
namespace {

struct Operator {
  std::string_view word;
  DurationOp op;
  int level;  ///< Higher binds tighter.
};

constexpr int kUnaryLevel = 3;  ///< An operand of unary minus takes `^` only.

constexpr Operator kOperators[] = {
    {"+", DurationOp::kAdd, 1}, {"-", DurationOp::kSub, 1}, {"*", DurationOp::kMul, 2},
    {"/", DurationOp::kDiv, 2}, {"%", DurationOp::kMod, 2}, {"^", DurationOp::kPow, kUnaryLevel},
};

struct Word {
  std::string_view word;
  DurationOp op;
  bool has_operands;
};

constexpr Word kWords[] = {{"step", DurationOp::kStep, false},
                           {"range", DurationOp::kRange, false},
                           {"min_of", DurationOp::kMinOf, true},
                           {"max_of", DurationOp::kMaxOf, true}};

bool IsLiteral(const DurationExpr& expr) {
  return expr.back().op == DurationOp::kNumber || expr.back().op == DurationOp::kDuration;
}

/// Returns the elements of both operands, followed by their operator.
DurationExpr Join(DurationExpr lhs, DurationExpr rhs, DurationElement last) {
  lhs.insert(lhs.end(), rhs.begin(), rhs.end());
  lhs.push_back(last);
  return lhs;
}

/// Recursive descent, one function for each rule of the grammar.
class DurationParser {
 public:
  DurationParser(TokenCursor& tokens, Features features, DurationContext context)
      : tokens_(tokens), features_(features), context_(context) {}

  DurationExpr ParseArithmetic(int least_level = 1) {
    CheckDepth(++nesting_, tokens_.Peek().position);
    DurationExpr lhs = ParseUnary();
    while (const Operator* found = PeekOperator()) {
      if (found->level < least_level) {
        break;
      }
      const Token sign = tokens_.Take();
      const bool right_associative = found->op == DurationOp::kPow;
      DurationExpr rhs = ParseArithmetic(found->level + (right_associative ? 0 : 1));
      RequireFeature(lhs);
      if (right_associative && IsLiteral(lhs) && lhs.back().seconds < 0) {
        // It was in parentheses; without them the sign would apply to the power.
        lhs.push_back({.op = DurationOp::kParentheses, .position = lhs.back().position});
      }
      CheckDivisor(*found, rhs, sign.position);
      const Position position = Span(lhs.back().position, rhs.back().position);
      lhs = Join(std::move(lhs), std::move(rhs), {.op = found->op, .position = position});
    }
    --nesting_;
    return lhs;
  }

  DurationExpr ParseOffset() {
    if (!AtSign()) {
      return ParsePrimary();
    }
    CheckDepth(++nesting_, tokens_.Peek().position);
    const Token sign = tokens_.Take();
    const bool keeps_plus =
        PeekWord() != nullptr;  // Prometheus prints the plus of `+step()`, but not of `+(1 + 2)`.
    DurationExpr operand = ParseOffset();
    --nesting_;
    if (keeps_plus && sign.text == "+") {
      operand.push_back(
          {.op = DurationOp::kPlus, .position = Span(sign.position, operand.back().position)});
      return operand;
    }
    return Signed(sign, std::move(operand));
  }

 private:
  bool AtSign() const { return tokens_.AtOperator("-") || tokens_.AtOperator("+"); }

  const Operator* PeekOperator() const {
    const auto* found = std::find_if(std::begin(kOperators), std::end(kOperators),
                                     [&](const Operator& o) { return tokens_.AtOperator(o.word); });
    return found == std::end(kOperators) ? nullptr : found;
  }

  /// Returns the next token if it is a word followed by a parenthesis, else null.
  const Word* PeekWord() const {
    if (!tokens_.At(TokenKind::kIdentifier) || tokens_.Peek(1).kind != TokenKind::kLeftParen) {
      return nullptr;
    }
    const auto* found = std::find_if(std::begin(kWords), std::end(kWords), [&](const Word& w) {
      return EqualIgnoringCase(w.word, tokens_.Peek().text);
    });
    return found == std::end(kWords) ? nullptr : found;
  }

  DurationExpr ParseUnary() {
    if (!AtSign()) {
      return ParsePrimary();
    }
    const Token sign = tokens_.Take();
    return Signed(sign, ParseArithmetic(kUnaryLevel));
  }

  /// Applies a sign. It becomes part of a number; a plus is dropped.
  static DurationExpr Signed(const Token& sign, DurationExpr operand) {
    const bool negative = sign.text == "-";
    const Position position = Span(sign.position, operand.back().position);
    if (IsLiteral(operand)) {
      operand.back().seconds *= negative ? -1 : 1;
      operand.back().position = position;
    } else if (negative) {
      operand.push_back({.op = DurationOp::kMinus, .position = position});
    }
    return operand;
  }

  DurationExpr ParsePrimary() {
    if (tokens_.At(TokenKind::kNumber) || tokens_.At(TokenKind::kDuration)) {
      const Token token = tokens_.Take();
      const bool number = token.kind == TokenKind::kNumber;
      return {{.op = number ? DurationOp::kNumber : DurationOp::kDuration,
               .seconds = ReadSeconds(token),
               .position = token.position}};
    }
    if (tokens_.At(TokenKind::kLeftParen)) {
      return ParseParentheses();
    }
    if (const Word* word = PeekWord()) {
      return ParseWord(*word);
    }
    tokens_.Unexpected(context_.where, context_.expected);
  }

  /// Adds parentheses, unless they surround a number or other parentheses.
  DurationExpr ParseParentheses() {
    tokens_.Take();
    DurationExpr inner = ParseArithmetic();
    Expect(TokenKind::kRightParen);
    RequireFeature(inner);
    if (!IsLiteral(inner) && inner.back().op != DurationOp::kParentheses) {
      inner.push_back({.op = DurationOp::kParentheses, .position = inner.back().position});
    }
    return inner;
  }

  DurationExpr ParseWord(const Word& word) {
    const Position begin = tokens_.Take().position;
    tokens_.Take();
    DurationExpr operands;
    if (word.has_operands) {
      operands = ParseArithmetic();
      Expect(TokenKind::kComma);
      DurationExpr second = ParseArithmetic();
      operands.insert(operands.end(), second.begin(), second.end());
    }
    const Position end = Expect(TokenKind::kRightParen).position;
    operands.push_back({.op = word.op, .position = Span(begin, end)});
    RequireFeature(operands);
    return operands;
  }

  Token Expect(TokenKind kind) {
    if (!tokens_.At(kind)) {
      tokens_.Unexpected(context_.where, context_.expected);
    }
    return tokens_.Take();
  }

  void RequireFeature(const DurationExpr& expr) const {
    if (!features_.Has(Feature::kDurationExpressions)) {
      ThrowParseError(expr.back().position, "experimental duration expression is not enabled");
    }
  }

  static void CheckDivisor(const Operator& op, const DurationExpr& rhs, const Position& position) {
    if (!IsLiteral(rhs) || rhs.back().seconds != 0) {
      return;
    }
    if (op.op == DurationOp::kDiv || op.op == DurationOp::kMod) {
      ThrowParseError(position, op.op == DurationOp::kDiv ? "division by zero" : "modulo by zero");
    }
  }

  TokenCursor& tokens_;
  const Features features_;
  const DurationContext context_;
  int nesting_ = 0;
};

ParsedDuration ToParsedDuration(DurationExpr expr) {
  const Position position = expr.back().position;
  if (IsLiteral(expr)) {
    return {Duration{std::llround(expr.back().seconds * 1000)}, position};
  }
  return {std::move(expr), position};
}

}  // namespace

ParsedDuration ParseDurationInBrackets(TokenCursor& tokens, Features features,
                                       DurationContext context) {
  DurationExpr expr = DurationParser(tokens, features, context).ParseArithmetic();
  ParsedDuration length = ToParsedDuration(std::move(expr));
  if (const auto* fixed = std::get_if<Duration>(&length.value);
      fixed != nullptr && *fixed <= Duration{0}) {
    ThrowParseError(length.position, "duration must be greater than 0");
  }
  return length;
}

ParsedDuration ParseOffsetDuration(TokenCursor& tokens, Features features,
                                   DurationContext context) {
  return ToParsedDuration(DurationParser(tokens, features, context).ParseOffset());
}

}  // namespace hakem::promql

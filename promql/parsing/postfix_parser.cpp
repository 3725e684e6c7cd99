#include "promql/parsing/postfix_parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "promql/parsing/literals.h"
#include "promql/parsing/make_expr.h"
#include "promql/parsing/type_check.h"
#include "promql/syntax/format_float.h"

namespace hakem::promql {
namespace {

TimeShift* ShiftOf(Expr& expr) {
  if (auto* vector = std::get_if<VectorSelector>(&expr.node)) {
    return &vector->shift;
  }
  if (auto* matrix = std::get_if<MatrixSelector>(&expr.node)) {
    return &matrix->shift;
  }
  auto* subquery = std::get_if<Subquery>(&expr.node);
  return subquery == nullptr ? nullptr : &subquery->shift;
}

ExprPtr MakeMatrix(ExprPtr expr, Duration range, const Position& brackets) {
  auto* selector = std::get_if<VectorSelector>(&expr->node);
  if (selector == nullptr) {
    AbandonParsing(brackets, "ranges only allowed for vector selectors");
  }
  if (selector->shift.offset) {
    AbandonParsing(brackets, "no offset modifiers allowed before range");
  }
  if (selector->shift.at) {
    AbandonParsing(brackets, "no @ modifiers allowed before range");
  }
  const Position position = Span(expr->position, brackets);
  return MakeExpr(MatrixSelector{std::move(*selector), range, {}}, position);
}

/// Arithmetic where a duration is wanted: known, and refused.
void RefuseDurationExpression(const TokenCursor& tokens) {
  constexpr std::string_view kWords[] = {"step", "range", "min_of", "max_of"};
  const bool word = tokens.At(TokenKind::kIdentifier) &&
                    std::any_of(std::begin(kWords), std::end(kWords), [&](std::string_view w) {
                      return EqualIgnoringCase(tokens.Peek().text, w);
                    });
  if (tokens.At(TokenKind::kLeftParen) || (word && tokens.Peek(1).kind == TokenKind::kLeftParen)) {
    AbandonParsing(tokens.Peek().position, "experimental duration expression is not enabled");
  }
}

struct SignedDuration {
  Duration value;
  Position position;  ///< With the signs.
};

/// A duration or a number of seconds, with any number of signs before it. `context` and `expected`
/// are told when there is neither.
SignedDuration ParseSignedDuration(TokenCursor& tokens, std::string_view context,
                                   std::string_view expected) {
  const Position begin = tokens.Peek().position;
  bool negative = false;
  while (tokens.AtOperator("-") || tokens.AtOperator("+")) {
    negative ^= tokens.Take().text == "-";
  }
  RefuseDurationExpression(tokens);
  if (!tokens.At(TokenKind::kNumber) && !tokens.At(TokenKind::kDuration)) {
    tokens.Unexpected(context, expected);
  }
  const Token token = tokens.Take();
  const Duration duration = ReadDuration(token);
  return {negative ? -duration : duration, Span(begin, token.position)};
}

Duration ParsePositiveDuration(TokenCursor& tokens, std::string_view context,
                               std::string_view expected) {
  const auto [duration, position] = ParseSignedDuration(tokens, context, expected);
  constexpr std::string_view kArithmetic[] = {"+", "-", "*", "/", "%", "^"};
  if (std::any_of(std::begin(kArithmetic), std::end(kArithmetic),
                  [&](std::string_view op) { return tokens.AtOperator(op); })) {
    AbandonParsing(position, "experimental duration expression is not enabled");
  }
  if (duration <= Duration{0}) {
    AbandonParsing(position, "duration must be greater than 0");
  }
  return duration;
}

ExprPtr ParseBrackets(TokenCursor& tokens, ExprPtr expr) {
  constexpr std::string_view kWanted = "number, duration, step(), or range()";
  const Position open = tokens.Take().position;
  const Duration range = ParsePositiveDuration(tokens, "subquery or range selector", kWanted);
  if (tokens.At(TokenKind::kRightBracket)) {
    return MakeMatrix(std::move(expr), range, Span(open, tokens.Take().position));
  }
  if (!tokens.At(TokenKind::kColon)) {
    tokens.Unexpected("subquery or range", "\":\" or \"]\"");
  }
  tokens.Take();
  std::optional<Duration> step;
  if (!tokens.At(TokenKind::kRightBracket)) {
    step = ParsePositiveDuration(tokens, "subquery selector",
                                 "number, duration, step(), range(), or \"]\"");
    if (!tokens.At(TokenKind::kRightBracket)) {
      tokens.Unexpected("subquery selector", "\"]\"");
    }
  }
  const Position position = Span(expr->position, tokens.Take().position);
  const Expr* inner = expr.get();
  return MakeExpr(Subquery{std::move(expr), range, step, {}}, position, {inner});
}

void ParseOffset(TokenCursor& tokens, Expr& expr) {
  tokens.Take();
  const auto [offset, position] =
      ParseSignedDuration(tokens, "offset", "number, duration, step(), or range()");
  TimeShift* shift = ShiftOf(expr);
  if (shift == nullptr) {
    AbandonParsing(expr.position,
                   "offset modifier must be preceded by an instant vector selector or range "
                   "vector selector or a subquery");
  }
  if (shift->offset.value_or(Duration{0}) != Duration{0}) {
    AbandonParsing(expr.position, "offset may not be set multiple times");
  }
  shift->offset = offset;
  expr.position.end = position.end;
}

Timestamp ParseAtTimestamp(TokenCursor& tokens, Expr& expr) {
  const bool sign = tokens.AtOperator("-") || tokens.AtOperator("+");
  const bool negative = sign && tokens.Take().text == "-";
  if (!tokens.At(TokenKind::kNumber) && !tokens.At(TokenKind::kDuration)) {
    tokens.Unexpected("@", "timestamp");
  }
  const Token token = tokens.Take();
  const double seconds = ReadNumber(token) * (negative ? -1 : 1);
  constexpr double kBound = static_cast<double>(std::numeric_limits<std::int64_t>::max());
  if (!(std::abs(seconds) * 1000 < kBound)) {
    AbandonParsing(expr.position, fmt::format("timestamp out of bounds for @ modifier: {}",
                                              std::isfinite(seconds) ? fmt::format("{:f}", seconds)
                                                                     : FormatFloat(seconds)));
  }
  expr.position.end = token.position.end;
  return Timestamp{Duration{std::llround(seconds * 1000)}};
}

void ParseAt(TokenCursor& tokens, Expr& expr) {
  tokens.Take();
  TimeShift shift;
  if (tokens.At(TokenKind::kBoundKeyword)) {
    shift.at =
        EqualIgnoringCase(tokens.Take().text, "start") ? QueryBound::kStart : QueryBound::kEnd;
    for (const TokenKind wanted : {TokenKind::kLeftParen, TokenKind::kRightParen}) {
      if (!tokens.At(wanted)) {
        tokens.Unexpected("@", "timestamp");
      }
      expr.position.end = tokens.Take().position.end;
    }
  } else {
    shift.at = ParseAtTimestamp(tokens, expr);
  }
  TimeShift* target = ShiftOf(expr);
  if (target == nullptr) {
    AbandonParsing(expr.position,
                   "@ modifier must be preceded by an instant vector selector or range vector "
                   "selector or a subquery");
  }
  if (target->at) {
    AbandonParsing(expr.position, "@ <timestamp> may not be set multiple times");
  }
  target->at = shift.at;
}

}  // namespace

ExprPtr ParsePostfix(TokenCursor& tokens, ExprPtr expr) {
  for (;;) {
    if (tokens.At(TokenKind::kLeftBracket)) {
      expr = ParseBrackets(tokens, std::move(expr));
    } else if (tokens.AtKeyword("offset")) {
      ParseOffset(tokens, *expr);
    } else if (tokens.At(TokenKind::kAt)) {
      ParseAt(tokens, *expr);
    } else if (tokens.AtKeyword("anchored") || tokens.AtKeyword("smoothed")) {
      AbandonParsing(tokens.Peek().position,
                     fmt::format("{} modifier is experimental and not enabled",
                                 tokens.AtKeyword("anchored") ? "anchored" : "smoothed"));
    } else {
      return expr;
    }
  }
}

}  // namespace hakem::promql

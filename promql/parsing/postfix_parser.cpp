#include "promql/parsing/postfix_parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "format/number.h"
#include "promql/parsing/duration_parser.h"
#include "promql/parsing/expr_checks.h"

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

ExprPtr MakeMatrix(ExprPtr expr, DurationOrExpr range, const Position& brackets) {
  auto* selector = std::get_if<VectorSelector>(&expr->node);
  if (selector == nullptr) {
    ThrowParseError(brackets, "ranges only allowed for vector selectors");
  }
  if (selector->shift.offset) {
    ThrowParseError(brackets, "no offset modifiers allowed before range");
  }
  if (selector->shift.at) {
    ThrowParseError(brackets, "no @ modifiers allowed before range");
  }
  const Position position = Span(expr->position, brackets);
  const RangeModifier modifier = std::exchange(selector->modifier, RangeModifier::kNone);
  return MakeExpr(MatrixSelector{std::move(*selector), std::move(range), {}, modifier}, position);
}

constexpr std::string_view kDuration = "number, duration, step(), or range()";

ExprPtr ParseBrackets(TokenCursor& tokens, ExprPtr expr, Features features) {
  const Position open = tokens.Take().position;
  DurationOrExpr range =
      ParseDurationInBrackets(tokens, features, {"subquery or range selector", kDuration}).value;
  if (tokens.At(TokenKind::kRightBracket)) {
    return MakeMatrix(std::move(expr), std::move(range), Span(open, tokens.Take().position));
  }
  if (!tokens.At(TokenKind::kColon)) {
    tokens.Unexpected("subquery or range", "\":\" or \"]\"");
  }
  tokens.Take();
  std::optional<DurationOrExpr> step;
  if (!tokens.At(TokenKind::kRightBracket)) {
    step =
        ParseDurationInBrackets(
            tokens, features, {"subquery selector", "number, duration, step(), range(), or \"]\""})
            .value;
    if (!tokens.At(TokenKind::kRightBracket)) {
      tokens.Unexpected("subquery selector", "\"]\"");
    }
  }
  const Position position = Span(expr->position, tokens.Take().position);
  const Expr* inner = expr.get();
  return MakeExpr(Subquery{std::move(expr), std::move(range), std::move(step), {}}, position,
                  {inner});
}

void ParseOffset(TokenCursor& tokens, Expr& expr, Features features) {
  tokens.Take();
  ParsedDuration offset = ParseOffsetDuration(tokens, features, {"offset", kDuration});
  TimeShift* shift = ShiftOf(expr);
  if (shift == nullptr) {
    ThrowParseError(expr.position,
                    "offset modifier must be preceded by an instant vector selector or range "
                    "vector selector or a subquery");
  }
  if (shift->offset.value_or(Duration{0}) != DurationOrExpr{Duration{0}}) {
    ThrowParseError(expr.position, "offset may not be set multiple times");
  }
  shift->offset = std::move(offset.value);
  expr.position.end = offset.position.end;
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
    ThrowParseError(expr.position, fmt::format("timestamp out of bounds for @ modifier: {}",
                                               FormatNumber(seconds, NumberForm::kSixDecimals)));
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
    ThrowParseError(expr.position,
                    "@ modifier must be preceded by an instant vector selector or range vector "
                    "selector or a subquery");
  }
  if (target->at) {
    ThrowParseError(expr.position, "@ <timestamp> may not be set multiple times");
  }
  target->at = shift.at;
}

RangeModifier* ModifierOf(Expr& expr) {
  if (auto* vector = std::get_if<VectorSelector>(&expr.node)) {
    return &vector->modifier;
  }
  auto* matrix = std::get_if<MatrixSelector>(&expr.node);
  return matrix == nullptr ? nullptr : &matrix->modifier;
}

/// Parses `anchored` or `smoothed`.
void ParseRangeModifier(TokenCursor& tokens, Expr& expr, Features features) {
  const RangeModifier modifier =
      tokens.AtKeyword("anchored") ? RangeModifier::kAnchored : RangeModifier::kSmoothed;
  tokens.Take();
  if (!features.Has(Feature::kExtendedRangeSelectors)) {
    ThrowParseError(expr.position,
                    fmt::format("{} modifier is experimental and not enabled", ToString(modifier)));
  }
  RangeModifier* target = ModifierOf(expr);
  if (target == nullptr) {
    const bool subquery = std::holds_alternative<Subquery>(expr.node);
    ThrowParseError(expr.position,
                    fmt::format("{} modifier {}", ToString(modifier),
                                subquery ? "is not supported for subqueries" : "not implemented"));
  }
  if (*target != RangeModifier::kNone && *target != modifier) {
    ThrowParseError(expr.position, "anchored and smoothed modifiers cannot be used together");
  }
  *target = modifier;
}

}  // namespace

ExprPtr ParsePostfix(TokenCursor& tokens, ExprPtr expr, Features features) {
  for (;;) {
    if (tokens.At(TokenKind::kLeftBracket)) {
      expr = ParseBrackets(tokens, std::move(expr), features);
    } else if (tokens.AtKeyword("offset")) {
      ParseOffset(tokens, *expr, features);
    } else if (tokens.At(TokenKind::kAt)) {
      ParseAt(tokens, *expr);
    } else if (tokens.AtKeyword("anchored") || tokens.AtKeyword("smoothed")) {
      ParseRangeModifier(tokens, *expr, features);
    } else {
      return expr;
    }
  }
}

}  // namespace hakem::promql

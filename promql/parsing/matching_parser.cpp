#include "promql/parsing/matching_parser.h"

#include "promql/parsing/literals.h"
#include "promql/parsing/selector_parser.h"

namespace hakem::promql {
namespace {

/// The fill modifiers. Metrics may have these names too, but without a parenthesis behind them.
bool AtFill(const TokenCursor& tokens, std::string_view word) {
  return tokens.At(TokenKind::kIdentifier) && EqualIgnoringCase(tokens.Peek().text, word) &&
         tokens.Peek(1).kind == TokenKind::kLeftParen;
}

/// Parses the number in the parentheses of `fill_left (-1)`.
double ParseFillValue(TokenCursor& tokens) {
  tokens.Take();
  tokens.Take();
  const bool sign = tokens.AtOperator("-") || tokens.AtOperator("+");
  const bool negative = sign && tokens.Take().text == "-";
  if (!tokens.At(TokenKind::kNumber) && !tokens.At(TokenKind::kDuration)) {
    tokens.Unexpected();
  }
  const double value = ReadNumber(tokens.Take());
  tokens.Expect(TokenKind::kRightParen);
  return negative ? -value : value;
}

/// Parses `fill (0)`, or one modifier for each side in any order.
void ParseFill(TokenCursor& tokens, VectorMatching& matching) {
  if (AtFill(tokens, "fill")) {
    matching.fill_left = matching.fill_right = ParseFillValue(tokens);
    return;
  }
  for (;;) {
    if (!matching.fill_left && AtFill(tokens, "fill_left")) {
      matching.fill_left = ParseFillValue(tokens);
    } else if (!matching.fill_right && AtFill(tokens, "fill_right")) {
      matching.fill_right = ParseFillValue(tokens);
    } else {
      return;
    }
  }
}

}  // namespace

VectorMatching ParseMatching(TokenCursor& tokens) {
  VectorMatching matching;
  if (tokens.AtKeyword("on") || tokens.AtKeyword("ignoring")) {
    matching.on = tokens.AtKeyword("on");
    tokens.Take();
    matching.labels = ParseGroupingLabels(tokens);
    if (tokens.AtKeyword("group_left") || tokens.AtKeyword("group_right")) {
      matching.cardinality =
          tokens.AtKeyword("group_left") ? Cardinality::kManyToOne : Cardinality::kOneToMany;
      tokens.Take();
      if (tokens.At(TokenKind::kLeftParen) || !AtExpression(tokens)) {
        matching.include = ParseGroupingLabels(tokens);
      }
    }
  }
  ParseFill(tokens, matching);
  return matching;
}

}  // namespace hakem::promql

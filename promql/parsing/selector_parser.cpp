#include "promql/parsing/selector_parser.h"

#include <fmt/format.h>

#include <optional>

#include "format/quote.h"
#include "promql/parsing/expr_checks.h"

namespace hakem::promql {
namespace {

Matcher MakeMatcher(std::string_view name, MatchOp op, std::string_view value,
                    const Position& position) {
  Result<Matcher> matcher = Matcher::Make(name, op, value);
  if (!matcher) {
    ThrowParseError(position, matcher.error().message);
  }
  return *std::move(matcher);
}

Matcher ParseMatcher(TokenCursor& tokens, const Token& name) {
  constexpr std::string_view kContext = "label matching";
  std::optional<MatchOp> op;
  if (tokens.At(TokenKind::kAssign)) {
    op = MatchOp::kEqual;
  } else if (tokens.AtOperator("!=")) {
    op = MatchOp::kNotEqual;
  } else if (tokens.At(TokenKind::kRegexMatch)) {
    op = MatchOp::kRegex;
  } else if (tokens.At(TokenKind::kRegexMismatch)) {
    op = MatchOp::kNotRegex;
  } else {
    tokens.Unexpected(kContext, "label matching operator");
  }
  tokens.Take();
  if (!tokens.At(TokenKind::kString)) {
    tokens.Unexpected(kContext, "string");
  }
  const Token value = tokens.Take();
  const bool quoted = name.kind == TokenKind::kString;
  return MakeMatcher(quoted ? ReadString(name) : name.text, *op, ReadString(value),
                     Span(name.position, value.position));
}

bool AtMatchOperator(const TokenCursor& tokens) {
  return tokens.At(TokenKind::kAssign) || tokens.AtOperator("!=") ||
         tokens.At(TokenKind::kRegexMatch) || tokens.At(TokenKind::kRegexMismatch);
}

/// Parses matchers up to the closing brace. A quoted string alone is the metric name.
void ParseMatchers(TokenCursor& tokens, VectorSelector& selector) {
  constexpr std::string_view kContext = "label matching";
  while (!tokens.At(TokenKind::kRightBrace)) {
    if (!tokens.At(TokenKind::kIdentifier) && !tokens.At(TokenKind::kString)) {
      tokens.Unexpected(kContext, "identifier or \"}\"");
    }
    const Token name = tokens.Take();
    const bool quoted = name.kind == TokenKind::kString;
    if (quoted && !AtMatchOperator(tokens)) {
      selector.matchers.push_back(
          MakeMatcher(kMetricNameLabel, MatchOp::kEqual, ReadString(name), name.position));
    } else {
      selector.matchers.push_back(ParseMatcher(tokens, name));
    }
    if (tokens.At(TokenKind::kComma)) {
      tokens.Take();
    } else if (!tokens.At(TokenKind::kRightBrace)) {
      tokens.Unexpected(kContext, "\",\" or \"}\"");
    }
  }
}

bool AtMetricName(const TokenCursor& tokens) {
  const Token& token = tokens.Peek();
  switch (token.kind) {
    case TokenKind::kIdentifier:
    case TokenKind::kMetricIdentifier:
    case TokenKind::kAggregator:
    case TokenKind::kBoundKeyword:
      return true;
    case TokenKind::kOperator:
      return IsValidLabelName(token.text) && !EqualIgnoringCase(token.text, "atan2");
    case TokenKind::kKeyword:
      return tokens.AtKeyword("by") || tokens.AtKeyword("without") || tokens.AtKeyword("offset") ||
             tokens.AtKeyword("anchored") || tokens.AtKeyword("smoothed");
    default:
      return false;
  }
}

std::string ParseGroupingLabel(TokenCursor& tokens) {
  const Token& token = tokens.Peek();
  if (token.kind == TokenKind::kString) {
    const Token literal = tokens.Take();
    std::string label = ReadString(literal);
    if (label.empty() || !IsValidUtf8(label)) {
      ThrowParseError(literal.position,
                      fmt::format("invalid label name for grouping: {}", Quote(label)));
    }
    return label;
  }
  const bool word = token.kind == TokenKind::kIdentifier ||
                    token.kind == TokenKind::kMetricIdentifier ||
                    token.kind == TokenKind::kAggregator || token.kind == TokenKind::kKeyword ||
                    token.kind == TokenKind::kBoundKeyword ||
                    (token.kind == TokenKind::kOperator && IsValidLabelName(token.text));
  if (!word) {
    tokens.Unexpected("grouping opts", "label");
  }
  return tokens.Take().text;
}

}  // namespace

bool AtExpression(const TokenCursor& tokens) {
  switch (tokens.Peek().kind) {
    case TokenKind::kNumber:
    case TokenKind::kDuration:
    case TokenKind::kString:
    case TokenKind::kLeftParen:
    case TokenKind::kLeftBrace:
      return true;
    default:
      return AtMetricName(tokens) || tokens.AtOperator("-") || tokens.AtOperator("+");
  }
}

ExprPtr ParseVectorSelector(TokenCursor& tokens) {
  VectorSelector selector;
  Position position = tokens.Peek().position;
  if (AtMetricName(tokens)) {
    selector.name = tokens.Take().text;
  } else if (!tokens.At(TokenKind::kLeftBrace)) {
    tokens.Unexpected();
  }
  if (tokens.At(TokenKind::kLeftBrace)) {
    tokens.Take();
    ParseMatchers(tokens, selector);
    position = Span(position, tokens.Take().position);
  }
  if (!selector.name.empty()) {
    selector.matchers.push_back(
        MakeMatcher(kMetricNameLabel, MatchOp::kEqual, selector.name, position));
  }
  return MakeExpr(std::move(selector), position);
}

std::vector<std::string> ParseGroupingLabels(TokenCursor& tokens) {
  constexpr std::string_view kContext = "grouping opts";
  if (!tokens.At(TokenKind::kLeftParen)) {
    tokens.Unexpected(kContext, "\"(\"");
  }
  tokens.Take();
  std::vector<std::string> labels;
  while (!tokens.At(TokenKind::kRightParen)) {
    labels.push_back(ParseGroupingLabel(tokens));
    if (tokens.At(TokenKind::kComma)) {
      tokens.Take();
    } else if (!tokens.At(TokenKind::kRightParen)) {
      tokens.Unexpected(kContext, "\",\" or \")\"");
    }
  }
  tokens.Take();
  return labels;
}

}  // namespace hakem::promql

#include "promql/parsing/parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <limits>

#include "format/quote.h"
#include "promql/evaluation/functions/functions.h"
#include "promql/parsing/expr_checks.h"
#include "promql/parsing/postfix_parser.h"
#include "promql/parsing/selector_parser.h"
#include "promql/parsing/token_cursor.h"
#include "promql/syntax/query_error.h"

namespace hakem::promql {
namespace {

struct Precedence {
  std::string_view word;
  BinaryOp op;
  int level;  ///< Higher binds tighter.
};

constexpr int kUnaryLevel = 6;  ///< An operand of unary minus takes `^` only.

constexpr Precedence kPrecedences[] = {
    {"or", BinaryOp::kOr, 1},         {"and", BinaryOp::kAnd, 2},
    {"unless", BinaryOp::kUnless, 2}, {"==", BinaryOp::kEqual, 3},
    {"!=", BinaryOp::kNotEqual, 3},   {">", BinaryOp::kGreater, 3},
    {"<", BinaryOp::kLess, 3},        {">=", BinaryOp::kGreaterEqual, 3},
    {"<=", BinaryOp::kLessEqual, 3},  {"+", BinaryOp::kAdd, 4},
    {"-", BinaryOp::kSub, 4},         {"*", BinaryOp::kMul, 5},
    {"/", BinaryOp::kDiv, 5},         {"%", BinaryOp::kMod, 5},
    {"atan2", BinaryOp::kAtan2, 5},   {"^", BinaryOp::kPow, kUnaryLevel},
};

struct AggregatorWord {
  std::string_view word;
  AggregateOp op;
  bool has_parameter = false;
  bool experimental = false;
};

constexpr AggregatorWord kAggregators[] = {
    {"sum", AggregateOp::kSum},
    {"avg", AggregateOp::kAvg},
    {"count", AggregateOp::kCount},
    {"min", AggregateOp::kMin},
    {"max", AggregateOp::kMax},
    {"group", AggregateOp::kGroup},
    {"stddev", AggregateOp::kStddev},
    {"stdvar", AggregateOp::kStdvar},
    {"topk", AggregateOp::kTopk, true},
    {"bottomk", AggregateOp::kBottomk, true},
    {"quantile", AggregateOp::kQuantile, true},
    {"count_values", AggregateOp::kCountValues, true},
    {"limitk", AggregateOp::kLimitk, true, true},
    {"limit_ratio", AggregateOp::kLimitRatio, true, true},
};

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

/// Parses the optional modifiers behind a binary operator: `on (a) group_left (b) fill (0)`.
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

/// A recursive descent parser with one function for each rule of the grammar. Throws QueryError at
/// the first error.
class Parser {
 public:
  Parser(std::string_view query, Features features)
      : tokens_(query), features_(features), empty_(query.empty()) {}

  ExprPtr Run() {
    if (empty_) {
      ThrowQueryError(ErrorCode::kInvalidInput,
                      "unknown position: parse error: no expression found in input");
    }
    if (tokens_.At(TokenKind::kEnd)) {
      ThrowParseError(Position{}, "no expression found in input");
    }
    ExprPtr expr = ParseExpression();
    if (tokens_.Peek().kind != TokenKind::kEnd) {
      tokens_.Unexpected();
    }
    CheckTypes(*expr);
    return expr;
  }

  std::vector<Matcher> RunSelector() {
    if (empty_) {
      ThrowQueryError(ErrorCode::kInvalidInput,
                      "unknown position: parse error: unexpected end of input");
    }
    ExprPtr expr = ParseVectorSelector(tokens_);
    if (tokens_.Peek().kind != TokenKind::kEnd) {
      tokens_.Unexpected();
    }
    return std::get<VectorSelector>(expr->node).matchers;
  }

 private:
  // ---- Operators ----

  ExprPtr ParseExpression(int least_level = 1) {
    CheckDepth(++nesting_, tokens_.Peek().position);
    ExprPtr lhs = ParseUnary();
    while (const Precedence* precedence = PeekBinaryOperator()) {
      if (precedence->level < least_level) {
        break;
      }
      lhs = ParseBinary(std::move(lhs), *precedence);
    }
    --nesting_;
    return lhs;
  }

  const Precedence* PeekBinaryOperator() {
    if (!tokens_.At(TokenKind::kOperator)) {
      return nullptr;
    }
    const auto* found = std::find_if(
        std::begin(kPrecedences), std::end(kPrecedences),
        [&](const Precedence& p) { return EqualIgnoringCase(p.word, tokens_.Peek().text); });
    return found == std::end(kPrecedences) ? nullptr : found;
  }

  ExprPtr ParseBinary(ExprPtr lhs, const Precedence& precedence) {
    Binary binary{precedence.op, std::move(lhs), nullptr, false, {}, tokens_.Take().position};
    if (tokens_.AtKeyword("bool")) {
      tokens_.Take();
      binary.return_bool = true;
    }
    binary.matching = ParseMatching(tokens_);
    const bool right_associative = binary.op == BinaryOp::kPow;
    binary.rhs = ParseExpression(precedence.level + (right_associative ? 0 : 1));
    const Position position = Span(binary.lhs->position, binary.rhs->position);
    if (binary.matching.fills() && !features_.Has(Feature::kFillModifiers)) {
      ThrowParseError(position, "binop fill modifiers are experimental and not enabled");
    }
    const Expr* operands[] = {binary.lhs.get(), binary.rhs.get()};
    return MakeExpr(std::move(binary), position, {operands[0], operands[1]});
  }

  ExprPtr ParseUnary() {
    if (!tokens_.AtOperator("-") && !tokens_.AtOperator("+")) {
      return ParsePostfix(tokens_, ParsePrimary(), features_);
    }
    const Token sign = tokens_.Take();
    ExprPtr operand = ParseExpression(kUnaryLevel);
    const Position position = Span(sign.position, operand->position);
    if (auto* number = std::get_if<NumberLiteral>(&operand->node)) {
      number->value = sign.text == "-" ? -number->value : number->value;
      operand->position = position;
      return operand;
    }
    const Expr* inner = operand.get();
    return MakeExpr(Unary{sign.text == "-", std::move(operand)}, position, {inner});
  }

  // ---- Primary expressions ----

  ExprPtr ParsePrimary() {
    switch (tokens_.Peek().kind) {
      case TokenKind::kNumber:
      case TokenKind::kDuration: {
        const Token token = tokens_.Take();
        return MakeExpr(NumberLiteral{ReadNumber(token), token.kind == TokenKind::kDuration},
                        token.position);
      }
      case TokenKind::kString: {
        const Token token = tokens_.Take();
        return MakeExpr(StringLiteral{ReadString(token)}, token.position);
      }
      case TokenKind::kLeftParen:
        return ParseParen();
      case TokenKind::kAggregator:
        if (tokens_.Peek(1).kind == TokenKind::kLeftParen ||
            tokens_.Peek(1).Is(TokenKind::kKeyword, "by") ||
            tokens_.Peek(1).Is(TokenKind::kKeyword, "without")) {
          return ParseAggregate();
        }
        return ParseVectorSelector(tokens_);
      case TokenKind::kIdentifier:
      case TokenKind::kBoundKeyword:
        return tokens_.Peek(1).kind == TokenKind::kLeftParen ? ParseCall()
                                                             : ParseVectorSelector(tokens_);
      default:
        return ParseVectorSelector(tokens_);
    }
  }

  ExprPtr ParseParen() {
    const Position open = tokens_.Take().position;
    ExprPtr inner = ParseExpression();
    const Position position = Span(open, tokens_.Expect(TokenKind::kRightParen).position);
    const Expr* operand = inner.get();
    return MakeExpr(Paren{std::move(inner)}, position, {operand});
  }

  struct Arguments {
    std::vector<ExprPtr> list;
    Position closing;
  };

  Arguments ParseArguments() {
    Arguments arguments;
    tokens_.Expect(TokenKind::kLeftParen);
    while (!tokens_.At(TokenKind::kRightParen)) {
      arguments.list.push_back(ParseExpression());
      if (!tokens_.At(TokenKind::kComma)) {
        break;
      }
      const Position comma = tokens_.Take().position;
      if (!AtExpression(tokens_)) {
        ThrowParseError(comma, "trailing commas not allowed in function call args");
      }
    }
    arguments.closing = tokens_.Expect(TokenKind::kRightParen).position;
    return arguments;
  }

  ExprPtr ParseCall() {
    const Token name = tokens_.Take();
    const FunctionSpec* function = FindFunction(name.text);
    Arguments arguments = ParseArguments();
    if (function == nullptr) {
      ThrowParseError(name.position,
                      fmt::format("unknown function with name {}", Quote(name.text)));
    }
    if (function->availability == Availability::kExperimental &&
        !features_.Has(Feature::kExperimentalFunctions)) {
      ThrowParseError(name.position, fmt::format("function {} is not enabled", Quote(name.text)));
    }
    int depth = 0;
    for (const ExprPtr& argument : arguments.list) {
      depth = std::max(depth, argument->depth);
    }
    ExprPtr call =
        MakeExpr(Call{function, std::move(arguments.list)}, Span(name.position, arguments.closing));
    call->depth = depth + 1;
    CheckDepth(call->depth, call->position);
    return call;
  }

  // ---- Aggregations ----

  ExprPtr ParseAggregate() {
    const Token op = tokens_.Take();
    tokens_.EnterAggregation();
    Aggregate aggregate{};
    bool modified = ParseAggregateModifier(aggregate);
    Arguments arguments = ParseArguments();
    tokens_.LeaveAggregation();
    Position end = arguments.closing;
    if (!modified) {
      ParseAggregateModifier(aggregate, &end);
    }
    FinishAggregate(aggregate, op, std::move(arguments.list), Span(op.position, end));
    const Expr* operands[] = {aggregate.parameter.get(), aggregate.expr.get()};
    return MakeExpr(std::move(aggregate), Span(op.position, end), {operands[0], operands[1]});
  }

  /// Parses `by (…)` or `without (…)`. Returns false when there is none.
  bool ParseAggregateModifier(Aggregate& aggregate, Position* end = nullptr) {
    if (!tokens_.AtKeyword("by") && !tokens_.AtKeyword("without")) {
      return false;
    }
    aggregate.without = tokens_.AtKeyword("without");
    tokens_.Take();
    aggregate.grouping = ParseGroupingLabels(tokens_);
    if (end != nullptr) {
      *end = tokens_.last().position;
    }
    return true;
  }

  void FinishAggregate(Aggregate& aggregate, const Token& op, std::vector<ExprPtr> arguments,
                       const Position& position) const {
    if (arguments.empty()) {
      ThrowParseError(position, "no arguments for aggregate expression provided");
    }
    const auto* word =
        std::find_if(std::begin(kAggregators), std::end(kAggregators),
                     [&](const AggregatorWord& w) { return EqualIgnoringCase(w.word, op.text); });
    if (word->experimental && !features_.Has(Feature::kExperimentalFunctions)) {
      ThrowParseError(position, fmt::format("{}() is experimental and must be enabled with "
                                            "--enable-feature=promql-experimental-functions",
                                            op.text));
    }
    const std::size_t wanted = word->has_parameter ? 2 : 1;
    if (arguments.size() != wanted) {
      ThrowParseError(position, fmt::format("wrong number of arguments for aggregate expression "
                                            "provided, expected {}, got {}",
                                            wanted, arguments.size()));
    }
    aggregate.op = word->op;
    aggregate.expr = std::move(arguments.back());
    if (word->has_parameter) {
      aggregate.parameter = std::move(arguments.front());
    }
  }

  TokenCursor tokens_;
  const Features features_;
  const bool empty_;
  int nesting_ = 0;
};

tl::unexpected<Error> TooLong(std::string_view text) {
  return Fail(ErrorCode::kInvalidInput,
              fmt::format("1:1: parse error: the expression has {} bytes: at most {} are read",
                          text.size(), kMaxQueryBytes));
}

}  // namespace

Result<ExprPtr> Parse(std::string_view query, Features features) {
  if (query.size() > kMaxQueryBytes) {
    return TooLong(query);
  }
  return CatchQueryError([&] { return Parser(query, features).Run(); });
}

Result<std::vector<Matcher>> ParseSelector(std::string_view selector) {
  if (selector.size() > kMaxQueryBytes) {
    return TooLong(selector);
  }
  return CatchQueryError([&] { return Parser(selector, {}).RunSelector(); });
}

}  // namespace hakem::promql

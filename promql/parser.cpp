#include "promql/parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <limits>

#include "promql/abandon.h"
#include "promql/functions.h"
#include "promql/lexer.h"
#include "promql/literals.h"
#include "promql/quote.h"
#include "promql/type_check.h"

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
  bool has_parameter;
};

constexpr AggregatorWord kAggregators[] = {
    {"sum", AggregateOp::kSum, false},          {"avg", AggregateOp::kAvg, false},
    {"count", AggregateOp::kCount, false},      {"min", AggregateOp::kMin, false},
    {"max", AggregateOp::kMax, false},          {"group", AggregateOp::kGroup, false},
    {"stddev", AggregateOp::kStddev, false},    {"stdvar", AggregateOp::kStdvar, false},
    {"topk", AggregateOp::kTopk, true},         {"bottomk", AggregateOp::kBottomk, true},
    {"quantile", AggregateOp::kQuantile, true}, {"count_values", AggregateOp::kCountValues, true},
};

/// Recursive descent with one function for each rule of the grammar. The first error throws
/// Abandoned.
class Parser {
 public:
  explicit Parser(std::string_view query) : tokens_(Tokenize(query)), empty_(query.empty()) {}

  ExprPtr Run() {
    if (empty_) {
      Abandon(ErrorCode::kInvalidInput,
              "unknown position: parse error: no expression found in input");
    }
    if (At(TokenKind::kEnd)) {
      AbandonParsing(Position{}, "no expression found in input");
    }
    ExprPtr expr = ParseExpression();
    if (Peek().kind != TokenKind::kEnd) {
      Unexpected();
    }
    CheckTypes(*expr);
    return expr;
  }

  std::vector<Matcher> RunSelector() {
    ExprPtr expr = ParseVectorSelector();
    if (Peek().kind != TokenKind::kEnd) {
      Unexpected();
    }
    CheckTypes(*expr);
    return std::get<VectorSelector>(expr->node).matchers;
  }

 private:
  // ---- Tokens ----

  const Token& Peek(std::size_t ahead = 0) {
    const Token& token = tokens_[std::min(next_ + ahead, tokens_.size() - 1)];
    if (token.kind == TokenKind::kError && ahead == 0) {
      AbandonParsing(token.position, token.text);
    }
    return token;
  }

  Token Take() {
    Token token = Peek();
    if (next_ + 1 < tokens_.size()) {
      ++next_;
    }
    return token;
  }

  bool At(TokenKind kind) { return Peek().kind == kind; }

  bool AtKeyword(std::string_view word) { return Peek().Is(TokenKind::kKeyword, word); }

  bool AtOperator(std::string_view word) { return Peek().Is(TokenKind::kOperator, word); }

  [[noreturn]] void Unexpected(std::string_view context = {}, std::string_view expected = {}) {
    std::string message = fmt::format("unexpected {}", Describe(Peek()));
    if (context.empty() && open_aggregations_ > 0) {
      context = "aggregation";
    }
    if (!context.empty()) {
      message += fmt::format(" in {}", context);
    }
    if (!expected.empty()) {
      message += fmt::format(", expected {}", expected);
    }
    AbandonParsing(Peek().position, message);
  }

  Token Expect(TokenKind kind) {
    if (!At(kind)) {
      Unexpected();
    }
    return Take();
  }

  // ---- Nodes ----

  ExprPtr Make(Expr::Node node, const Position& position,
               std::initializer_list<const Expr*> operands = {}) {
    int depth = 0;
    for (const Expr* operand : operands) {
      depth = std::max(depth, operand == nullptr ? 0 : operand->depth);
    }
    CheckDepth(depth + 1, position);
    return std::make_unique<Expr>(Expr{std::move(node), position, depth + 1});
  }

  static void CheckDepth(int depth, const Position& position) {
    if (depth > kMaxDepth) {
      AbandonParsing(position,
                     fmt::format("expression is nested more than {} levels deep", kMaxDepth));
    }
  }

  // ---- Operators ----

  ExprPtr ParseExpression(int least_level = 1) {
    CheckDepth(++nesting_, Peek().position);
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
    if (!At(TokenKind::kOperator)) {
      return nullptr;
    }
    const auto* found =
        std::find_if(std::begin(kPrecedences), std::end(kPrecedences),
                     [&](const Precedence& p) { return EqualIgnoringCase(p.word, Peek().text); });
    return found == std::end(kPrecedences) ? nullptr : found;
  }

  ExprPtr ParseBinary(ExprPtr lhs, const Precedence& precedence) {
    Binary binary{precedence.op, std::move(lhs), nullptr, false, {}, Take().position};
    if (AtKeyword("bool")) {
      Take();
      binary.return_bool = true;
    }
    binary.matching = ParseMatching();
    const bool right_associative = binary.op == BinaryOp::kPow;
    binary.rhs = ParseExpression(precedence.level + (right_associative ? 0 : 1));
    const Position position = Span(binary.lhs->position, binary.rhs->position);
    const Expr* operands[] = {binary.lhs.get(), binary.rhs.get()};
    return Make(std::move(binary), position, {operands[0], operands[1]});
  }

  VectorMatching ParseMatching() {
    VectorMatching matching;
    if (AtKeyword("on") || AtKeyword("ignoring")) {
      matching.on = AtKeyword("on");
      Take();
      matching.labels = ParseGroupingLabels();
      if (AtKeyword("group_left") || AtKeyword("group_right")) {
        matching.cardinality =
            AtKeyword("group_left") ? Cardinality::kManyToOne : Cardinality::kOneToMany;
        Take();
        if (At(TokenKind::kLeftParen)) {
          matching.include = ParseGroupingLabels();
        }
      }
    }
    RefuseFill();
    return matching;
  }

  void RefuseFill() {
    constexpr std::string_view kFills[] = {"fill", "fill_left", "fill_right"};
    const bool fill = At(TokenKind::kIdentifier) && Peek(1).kind == TokenKind::kLeftParen &&
                      std::any_of(std::begin(kFills), std::end(kFills), [&](std::string_view word) {
                        return EqualIgnoringCase(Peek().text, word);
                      });
    if (fill) {
      AbandonParsing(Peek().position, "binop fill modifiers are experimental and not enabled");
    }
  }

  ExprPtr ParseUnary() {
    if (!AtOperator("-") && !AtOperator("+")) {
      return ParsePostfix(ParsePrimary());
    }
    const Token sign = Take();
    ExprPtr operand = ParseExpression(kUnaryLevel);
    const Position position = Span(sign.position, operand->position);
    if (auto* number = std::get_if<NumberLiteral>(&operand->node)) {
      number->value = sign.text == "-" ? -number->value : number->value;
      operand->position = position;
      return operand;
    }
    const Expr* inner = operand.get();
    return Make(Unary{sign.text == "-", std::move(operand)}, position, {inner});
  }

  // ---- What stands behind an expression ----

  ExprPtr ParsePostfix(ExprPtr expr) {
    for (;;) {
      if (At(TokenKind::kLeftBracket)) {
        expr = ParseBrackets(std::move(expr));
      } else if (AtKeyword("offset")) {
        ParseOffset(*expr);
      } else if (At(TokenKind::kAt)) {
        ParseAt(*expr);
      } else if (AtKeyword("anchored") || AtKeyword("smoothed")) {
        AbandonParsing(Peek().position,
                       fmt::format("{} modifier is experimental and not enabled",
                                   AtKeyword("anchored") ? "anchored" : "smoothed"));
      } else {
        return expr;
      }
    }
  }

  ExprPtr ParseBrackets(ExprPtr expr) {
    constexpr std::string_view kWanted = "number, duration, step(), or range()";
    const Position open = Take().position;
    const Duration range = ParsePositiveDuration("subquery or range selector", kWanted);
    if (At(TokenKind::kRightBracket)) {
      return MakeMatrix(std::move(expr), range, Span(open, Take().position));
    }
    if (!At(TokenKind::kColon)) {
      Unexpected("subquery or range", "\":\" or \"]\"");
    }
    Take();
    std::optional<Duration> step;
    if (!At(TokenKind::kRightBracket)) {
      step =
          ParsePositiveDuration("subquery selector", "number, duration, step(), range(), or \"]\"");
      if (!At(TokenKind::kRightBracket)) {
        Unexpected("subquery selector", "\"]\"");
      }
    }
    const Position position = Span(expr->position, Take().position);
    const Expr* inner = expr.get();
    return Make(Subquery{std::move(expr), range, step, {}}, position, {inner});
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
    return Make(MatrixSelector{std::move(*selector), range, {}}, position);
  }

  Duration ParsePositiveDuration(std::string_view context, std::string_view expected) {
    RefuseDurationExpression();
    if (!At(TokenKind::kNumber) && !At(TokenKind::kDuration)) {
      Unexpected(context, expected);
    }
    const Token token = Take();
    const Duration duration = ReadDuration(token);
    if (At(TokenKind::kOperator)) {
      AbandonParsing(token.position, "experimental duration expression is not enabled");
    }
    if (duration <= Duration{0}) {
      AbandonParsing(token.position, "duration must be greater than 0");
    }
    return duration;
  }

  /// Arithmetic where a duration is wanted: known, and refused.
  void RefuseDurationExpression() {
    constexpr std::string_view kWords[] = {"step", "range", "min_of", "max_of"};
    const bool word = At(TokenKind::kIdentifier) &&
                      std::any_of(std::begin(kWords), std::end(kWords), [&](std::string_view w) {
                        return EqualIgnoringCase(Peek().text, w);
                      });
    const bool sign = AtOperator("-") || AtOperator("+");
    if (At(TokenKind::kLeftParen) || (word && Peek(1).kind == TokenKind::kLeftParen) || sign) {
      AbandonParsing(Peek().position, "experimental duration expression is not enabled");
    }
  }

  void ParseOffset(Expr& expr) {
    Take();
    bool negative = false;
    const TokenKind behind = Peek(1).kind;
    if ((AtOperator("-") || AtOperator("+")) &&
        (behind == TokenKind::kNumber || behind == TokenKind::kDuration)) {
      negative = Take().text == "-";
    }
    RefuseDurationExpression();
    if (!At(TokenKind::kNumber) && !At(TokenKind::kDuration)) {
      Unexpected("offset", "number, duration, step(), or range()");
    }
    const Token token = Take();
    const Duration offset = ReadDuration(token);
    TimeShift* shift = ShiftOf(expr);
    if (shift == nullptr) {
      AbandonParsing(expr.position,
                     "offset modifier must be preceded by an instant vector selector or range "
                     "vector selector or a subquery");
    }
    if (shift->offset.value_or(Duration{0}) != Duration{0}) {
      AbandonParsing(expr.position, "offset may not be set multiple times");
    }
    shift->offset = negative ? -offset : offset;
    expr.position.end = token.position.end;
  }

  void ParseAt(Expr& expr) {
    Take();
    TimeShift shift;
    if (At(TokenKind::kBoundKeyword)) {
      shift.at = EqualIgnoringCase(Take().text, "start") ? QueryBound::kStart : QueryBound::kEnd;
      Expect(TokenKind::kLeftParen);
      expr.position.end = Expect(TokenKind::kRightParen).position.end;
    } else {
      shift.at = ParseAtTimestamp(expr);
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

  Timestamp ParseAtTimestamp(Expr& expr) {
    const bool sign = AtOperator("-") || AtOperator("+");
    const bool negative = sign && Take().text == "-";
    if (!At(TokenKind::kNumber) && !At(TokenKind::kDuration)) {
      Unexpected("@", "timestamp");
    }
    const Token token = Take();
    const double seconds = ReadNumber(token) * (negative ? -1 : 1);
    constexpr double kBound = static_cast<double>(std::numeric_limits<std::int64_t>::max());
    if (!(std::abs(seconds) * 1000 < kBound)) {
      AbandonParsing(expr.position,
                     fmt::format("timestamp out of bounds for @ modifier: {}",
                                 std::isfinite(seconds) ? fmt::format("{:f}", seconds)
                                                        : FormatFloat(seconds)));
    }
    expr.position.end = token.position.end;
    return Timestamp{Duration{std::llround(seconds * 1000)}};
  }

  static TimeShift* ShiftOf(Expr& expr) {
    if (auto* vector = std::get_if<VectorSelector>(&expr.node)) {
      return &vector->shift;
    }
    if (auto* matrix = std::get_if<MatrixSelector>(&expr.node)) {
      return &matrix->shift;
    }
    auto* subquery = std::get_if<Subquery>(&expr.node);
    return subquery == nullptr ? nullptr : &subquery->shift;
  }

  // ---- Primary expressions ----

  ExprPtr ParsePrimary() {
    switch (Peek().kind) {
      case TokenKind::kNumber:
      case TokenKind::kDuration: {
        const Token token = Take();
        return Make(NumberLiteral{ReadNumber(token), token.kind == TokenKind::kDuration},
                    token.position);
      }
      case TokenKind::kString: {
        const Token token = Take();
        return Make(StringLiteral{ReadString(token)}, token.position);
      }
      case TokenKind::kLeftParen:
        return ParseParen();
      case TokenKind::kAggregator:
        if (Peek(1).kind == TokenKind::kLeftParen || Peek(1).Is(TokenKind::kKeyword, "by") ||
            Peek(1).Is(TokenKind::kKeyword, "without")) {
          return ParseAggregate();
        }
        return ParseVectorSelector();
      case TokenKind::kIdentifier:
      case TokenKind::kBoundKeyword:
        return Peek(1).kind == TokenKind::kLeftParen ? ParseCall() : ParseVectorSelector();
      default:
        return ParseVectorSelector();
    }
  }

  ExprPtr ParseParen() {
    const Position open = Take().position;
    ExprPtr inner = ParseExpression();
    const Position position = Span(open, Expect(TokenKind::kRightParen).position);
    const Expr* operand = inner.get();
    return Make(Paren{std::move(inner)}, position, {operand});
  }

  struct Arguments {
    std::vector<ExprPtr> list;
    Position closing;
  };

  Arguments ParseArguments() {
    Arguments arguments;
    Expect(TokenKind::kLeftParen);
    while (!At(TokenKind::kRightParen)) {
      arguments.list.push_back(ParseExpression());
      if (!At(TokenKind::kComma)) {
        break;
      }
      const Position comma = Take().position;
      if (At(TokenKind::kRightParen)) {
        AbandonParsing(comma, "trailing commas not allowed in function call args");
      }
    }
    arguments.closing = Expect(TokenKind::kRightParen).position;
    return arguments;
  }

  ExprPtr ParseCall() {
    const Token name = Take();
    const FunctionSpec* function = FindFunction(name.text);
    Arguments arguments = ParseArguments();
    if (function == nullptr) {
      AbandonParsing(name.position, fmt::format("unknown function with name {}", Quote(name.text)));
    }
    if (function->availability == Availability::kExperimental) {
      AbandonParsing(name.position, fmt::format("function {} is not enabled", Quote(name.text)));
    }
    int depth = 0;
    for (const ExprPtr& argument : arguments.list) {
      depth = std::max(depth, argument->depth);
    }
    ExprPtr call =
        Make(Call{function, std::move(arguments.list)}, Span(name.position, arguments.closing));
    call->depth = depth + 1;
    CheckDepth(call->depth, call->position);
    return call;
  }

  // ---- Aggregations ----

  ExprPtr ParseAggregate() {
    const Token op = Take();
    ++open_aggregations_;
    Aggregate aggregate{};
    bool modified = ParseAggregateModifier(aggregate);
    Arguments arguments = ParseArguments();
    --open_aggregations_;
    Position end = arguments.closing;
    if (!modified) {
      ParseAggregateModifier(aggregate, &end);
    }
    FinishAggregate(aggregate, op, std::move(arguments.list), Span(op.position, end));
    const Expr* operands[] = {aggregate.parameter.get(), aggregate.expr.get()};
    return Make(std::move(aggregate), Span(op.position, end), {operands[0], operands[1]});
  }

  /// `by (…)` or `without (…)`. False when there is none.
  bool ParseAggregateModifier(Aggregate& aggregate, Position* end = nullptr) {
    if (!AtKeyword("by") && !AtKeyword("without")) {
      return false;
    }
    aggregate.without = AtKeyword("without");
    Take();
    aggregate.grouping = ParseGroupingLabels();
    if (end != nullptr) {
      *end = tokens_[next_ - 1].position;
    }
    return true;
  }

  static void FinishAggregate(Aggregate& aggregate, const Token& op, std::vector<ExprPtr> arguments,
                              const Position& position) {
    if (arguments.empty()) {
      AbandonParsing(position, "no arguments for aggregate expression provided");
    }
    const auto* word =
        std::find_if(std::begin(kAggregators), std::end(kAggregators),
                     [&](const AggregatorWord& w) { return EqualIgnoringCase(w.word, op.text); });
    if (word == std::end(kAggregators)) {
      AbandonParsing(position, fmt::format("{}() is experimental and must be enabled with "
                                           "--enable-feature=promql-experimental-functions",
                                           op.text));
    }
    const std::size_t wanted = word->has_parameter ? 2 : 1;
    if (arguments.size() != wanted) {
      AbandonParsing(position, fmt::format("wrong number of arguments for aggregate expression "
                                           "provided, expected {}, got {}",
                                           wanted, arguments.size()));
    }
    aggregate.op = word->op;
    aggregate.expr = std::move(arguments.back());
    if (word->has_parameter) {
      aggregate.parameter = std::move(arguments.front());
    }
  }

  std::vector<std::string> ParseGroupingLabels() {
    constexpr std::string_view kContext = "grouping opts";
    if (!At(TokenKind::kLeftParen)) {
      Unexpected(kContext, "\"(\"");
    }
    Take();
    std::vector<std::string> labels;
    while (!At(TokenKind::kRightParen)) {
      labels.push_back(ParseGroupingLabel());
      if (At(TokenKind::kComma)) {
        Take();
      } else if (!At(TokenKind::kRightParen)) {
        Unexpected(kContext, "\",\" or \")\"");
      }
    }
    Take();
    return labels;
  }

  std::string ParseGroupingLabel() {
    const Token& token = Peek();
    if (token.kind == TokenKind::kString) {
      const Token literal = Take();
      std::string label = ReadString(literal);
      if (label.empty() || !IsValidUtf8(label)) {
        AbandonParsing(literal.position,
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
      Unexpected("grouping opts", "label");
    }
    return Take().text;
  }

  // ---- Selectors ----

  ExprPtr ParseVectorSelector() {
    VectorSelector selector;
    Position position = Peek().position;
    if (AtMetricName()) {
      selector.name = Take().text;
    } else if (!At(TokenKind::kLeftBrace)) {
      Unexpected();
    }
    if (At(TokenKind::kLeftBrace)) {
      Take();
      ParseMatchers(selector);
      position = Span(position, Take().position);
    }
    if (!selector.name.empty()) {
      selector.matchers.push_back(
          MakeMatcher(kMetricNameLabel, MatchOp::kEqual, selector.name, position));
    }
    return Make(std::move(selector), position);
  }

  bool AtMetricName() {
    const Token& token = Peek();
    switch (token.kind) {
      case TokenKind::kIdentifier:
      case TokenKind::kMetricIdentifier:
      case TokenKind::kAggregator:
      case TokenKind::kBoundKeyword:
        return true;
      case TokenKind::kOperator:
        return IsValidLabelName(token.text) && !EqualIgnoringCase(token.text, "atan2");
      case TokenKind::kKeyword:
        return AtKeyword("by") || AtKeyword("without") || AtKeyword("offset") ||
               AtKeyword("anchored") || AtKeyword("smoothed");
      default:
        return false;
    }
  }

  /// Up to the closing brace, which is left. A quoted string alone is the metric's name.
  void ParseMatchers(VectorSelector& selector) {
    constexpr std::string_view kContext = "label matching";
    while (!At(TokenKind::kRightBrace)) {
      if (!At(TokenKind::kIdentifier) && !At(TokenKind::kString)) {
        Unexpected(kContext, "identifier or \"}\"");
      }
      const Token name = Take();
      const bool quoted = name.kind == TokenKind::kString;
      if (quoted && (At(TokenKind::kComma) || At(TokenKind::kRightBrace))) {
        selector.matchers.push_back(
            MakeMatcher(kMetricNameLabel, MatchOp::kEqual, ReadString(name), name.position));
      } else {
        selector.matchers.push_back(ParseMatcher(name));
      }
      if (At(TokenKind::kComma)) {
        Take();
      } else if (!At(TokenKind::kRightBrace)) {
        Unexpected(kContext, "\",\" or \"}\"");
      }
    }
  }

  Matcher ParseMatcher(const Token& name) {
    constexpr std::string_view kContext = "label matching";
    std::optional<MatchOp> op;
    if (At(TokenKind::kAssign)) {
      op = MatchOp::kEqual;
    } else if (AtOperator("!=")) {
      op = MatchOp::kNotEqual;
    } else if (At(TokenKind::kRegexMatch)) {
      op = MatchOp::kRegex;
    } else if (At(TokenKind::kRegexMismatch)) {
      op = MatchOp::kNotRegex;
    } else {
      Unexpected(kContext, "label matching operator");
    }
    Take();
    if (!At(TokenKind::kString)) {
      Unexpected(kContext, "string");
    }
    const Token value = Take();
    const bool quoted = name.kind == TokenKind::kString;
    return MakeMatcher(quoted ? ReadString(name) : name.text, *op, ReadString(value),
                       Span(name.position, value.position));
  }

  static Matcher MakeMatcher(std::string_view name, MatchOp op, std::string_view value,
                             const Position& position) {
    Result<Matcher> matcher = Matcher::Make(name, op, value);
    if (!matcher) {
      AbandonParsing(position, matcher.error().message);
    }
    return *std::move(matcher);
  }

  const std::vector<Token> tokens_;
  const bool empty_;
  std::size_t next_ = 0;
  int nesting_ = 0;
  int open_aggregations_ = 0;
};

}  // namespace

Result<ExprPtr> Parse(std::string_view query) {
  return Attempt([&] { return Parser(query).Run(); });
}

Result<std::vector<Matcher>> ParseSelector(std::string_view selector) {
  return Attempt([&] { return Parser(selector).RunSelector(); });
}

}  // namespace hakem::promql

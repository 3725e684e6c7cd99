#include "gotemplate/syntax/parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "format/nearest_name.h"
#include "format/quote.h"
#include "gotemplate/limits/limits.h"
#include "gotemplate/syntax/token_cursor.h"

namespace hakem::gotemplate {
namespace {

/// Ends the parsing; caught by ParseTemplate.
struct Failure {
  ParseError error;
};

constexpr std::string_view kSpaces = " \t\r\n";

/// How a list of statements ends.
enum class Ending { kEnd, kElse };

class Parser {
 public:
  Parser(std::string_view text, const FunctionTables& tables) : tokens_(text), tables_(tables) {}

  SyntaxTree Run() {
    while (tokens_.Peek().kind != TokenKind::kEnd) {
      if (ParseDefinition()) {
        continue;
      }
      ParseStatement(tree_.root);
      if (ending_) {
        Throw(ending_position_, fmt::format("unexpected {}", PrintEnding()));
      }
    }
    return std::move(tree_);
  }

 private:
  /// Counts a level of nesting while it lives.
  class Level {
   public:
    Level(Parser& parser, std::size_t position) : parser_(parser) {
      if (++parser_.nesting_ > kMaxNesting) {
        Throw(position, fmt::format("nested more than {} levels deep", kMaxNesting));
      }
    }

    ~Level() { --parser_.nesting_; }

    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;

   private:
    Parser& parser_;
  };

  [[noreturn]] static void Throw(std::size_t position, std::string message) {
    throw Failure{{position, std::move(message)}};
  }

  [[noreturn]] static void ThrowUnexpected(const Token& token, std::string_view context) {
    Throw(token.position, token.kind == TokenKind::kError
                              ? token.message
                              : fmt::format("unexpected {} in {}", Describe(token), context));
  }

  std::string_view PrintEnding() const { return ending_ == Ending::kElse ? "{{else}}" : "{{end}}"; }

  Token Expect(TokenKind kind, std::string_view context) {
    Token token = tokens_.NextNonSpace();
    if (token.kind != kind) {
      ThrowUnexpected(token, context);
    }
    return token;
  }

  void CountNode(std::size_t position) {
    if (++nodes_ > kMaxNodes) {
      Throw(position, fmt::format("the template has more than {} elements", kMaxNodes));
    }
  }

  /// Parses a `define` at the top level; returns false if something else comes.
  bool ParseDefinition() {
    if (tokens_.Peek().kind != TokenKind::kOpen) {
      return false;
    }
    const Token open = tokens_.Next();
    if (tokens_.NextNonSpace().kind != TokenKind::kDefine) {
      tokens_.Back(open);
      return false;
    }
    constexpr std::string_view kContext = "define clause";
    const Token name = tokens_.NextNonSpace();
    const std::string unquoted = ParseTemplateName(name, kContext);
    Expect(TokenKind::kClose, kContext);
    Define(unquoted, name.position, ParseOwnBlock(kContext));
    return true;
  }

  /// Parses the block of a `define` or `block`, which sees no variables from outside.
  Block ParseOwnBlock(std::string_view context) {
    std::vector<std::string> outer{"$"};
    outer.swap(variables_);
    const int loops = std::exchange(loops_, 0);
    Block block = ParseBlock();
    if (ending_ != Ending::kEnd) {
      Throw(ending_position_, fmt::format("unexpected {} in {}", PrintEnding(), context));
    }
    ending_.reset();
    variables_.swap(outer);
    loops_ = loops;
    return block;
  }

  static bool IsBlank(const Block& block) {
    return std::all_of(block.begin(), block.end(), [](const Statement& statement) {
      const auto* text = std::get_if<TextStatement>(&statement.form);
      return text != nullptr && text->text.find_first_not_of(kSpaces) == std::string::npos;
    });
  }

  /// A definition replaces a blank one; two that are not blank are an error.
  void Define(const std::string& name, std::size_t position, Block block) {
    const auto [place, is_new] = tree_.definitions.try_emplace(name);
    if (is_new || IsBlank(place->second)) {
      place->second = std::move(block);
    } else if (!IsBlank(block)) {
      Throw(position, fmt::format("template: multiple definition of template {}", Quote(name)));
    }
  }

  /// Parses statements up to an `end` or `else`, which `ending_` then says.
  Block ParseBlock() {
    const Level level(*this, tokens_.PeekNonSpace().position);
    Block block;
    while (tokens_.PeekNonSpace().kind != TokenKind::kEnd) {
      ParseStatement(block);
      if (ending_) {
        return block;
      }
    }
    Throw(tokens_.Peek().position, "unexpected EOF");
  }

  /// Parses a text or an action.
  void ParseStatement(Block& block) {
    const Token token = tokens_.NextNonSpace();
    CountNode(token.position);
    if (token.kind == TokenKind::kText) {
      block.push_back({token.position, TextStatement{std::string(token.text)}});
    } else if (token.kind == TokenKind::kOpen) {
      ParseAction(block);
    } else {
      ThrowUnexpected(token, "input");
    }
  }

  void ParseAction(Block& block) {
    const Token token = tokens_.NextNonSpace();
    switch (token.kind) {
      case TokenKind::kBlock:
        return ParseBlockClause(block);
      case TokenKind::kBreak:
        return ParseJump(block, token, BreakStatement{});
      case TokenKind::kContinue:
        return ParseJump(block, token, ContinueStatement{});
      case TokenKind::kElse:
        return ParseElse();
      case TokenKind::kEndKeyword:
        ending_position_ = Expect(TokenKind::kClose, "end").position;
        ending_ = Ending::kEnd;
        return;
      case TokenKind::kIf:
      case TokenKind::kWith:
        return ParseConditional(block, token);
      case TokenKind::kRange:
        return ParseRange(block, token);
      case TokenKind::kTemplate:
        return ParseCall(block);
      default:
        tokens_.Back();
    }
    const std::size_t position = tokens_.Peek().position;
    block.push_back({position, ActionStatement{ParsePipeline("command", TokenKind::kClose)}});
  }

  /// Leaves the `if` or `with` of an `else if` to be read next.
  void ParseElse() {
    const Token& next = tokens_.PeekNonSpace();
    ending_position_ = next.position;
    if (next.kind != TokenKind::kIf && next.kind != TokenKind::kWith) {
      Expect(TokenKind::kClose, "else");
    }
    ending_ = Ending::kElse;
  }

  void ParseJump(Block& block, const Token& keyword, Statement::Form form) {
    const std::string name = fmt::format("{{{{{}}}}}", keyword.text);
    if (const Token token = tokens_.NextNonSpace(); token.kind != TokenKind::kClose) {
      ThrowUnexpected(token, name);
    }
    if (loops_ == 0) {
      Throw(keyword.position, fmt::format("{} outside {{{{range}}}}", name));
    }
    block.push_back({keyword.position, std::move(form)});
  }

  /// Parses an `if` or `with` up to its `end`, branch after branch without recursion.
  void ParseConditional(Block& block, const Token& keyword) {
    const std::size_t outer = variables_.size();
    ConditionalStatement conditional;
    conditional.is_with = keyword.kind == TokenKind::kWith;
    std::size_t position = keyword.position;
    for (bool goes_on = true; goes_on;) {
      CountNode(position);
      Pipeline condition = ParsePipeline(keyword.text, TokenKind::kClose);
      position = condition.position;
      Block branch = ParseBlock();
      conditional.branches.push_back({position, std::move(condition), std::move(branch)});
      goes_on = TakeEnding() == Ending::kElse && TakeKeyword(keyword.kind);
      position = ending_position_;
    }
    if (last_ending_ == Ending::kElse) {
      conditional.otherwise = ParseLastBlock();
    }
    variables_.resize(outer);
    block.push_back({conditional.branches.front().position, std::move(conditional)});
  }

  void ParseRange(Block& block, const Token& keyword) {
    const std::size_t outer = variables_.size();
    RangeStatement range;
    range.pipeline = ParsePipeline(keyword.text, TokenKind::kClose);
    ++loops_;
    range.block = ParseBlock();
    --loops_;
    if (TakeEnding() == Ending::kElse) {
      range.otherwise = ParseLastBlock();
    }
    variables_.resize(outer);
    const std::size_t position = range.pipeline.position;
    block.push_back({position, std::move(range)});
  }

  /// Parses the block of an `else`, which must be the last one.
  Block ParseLastBlock() {
    Block block = ParseBlock();
    if (TakeEnding() != Ending::kEnd) {
      Throw(ending_position_, "expected end; found {{else}}");
    }
    return block;
  }

  Ending TakeEnding() {
    last_ending_ = *ending_;
    ending_.reset();
    return last_ending_;
  }

  bool TakeKeyword(TokenKind kind) {
    const bool found = tokens_.Peek().kind == kind;
    if (found) {
      tokens_.Next();
    }
    return found;
  }

  /// `block` is a definition with a call of it.
  void ParseBlockClause(Block& block) {
    constexpr std::string_view kContext = "block clause";
    const Token token = tokens_.NextNonSpace();
    CallStatement call{.name = ParseTemplateName(token, kContext), .argument = nullptr};
    call.argument = std::make_unique<Pipeline>(ParsePipeline(kContext, TokenKind::kClose));
    Define(call.name, token.position, ParseOwnBlock(kContext));
    block.push_back({token.position, std::move(call)});
  }

  void ParseCall(Block& block) {
    constexpr std::string_view kContext = "template clause";
    const Token token = tokens_.NextNonSpace();
    CallStatement call{.name = ParseTemplateName(token, kContext), .argument = nullptr};
    if (tokens_.NextNonSpace().kind != TokenKind::kClose) {
      tokens_.Back();
      call.argument = std::make_unique<Pipeline>(ParsePipeline(kContext, TokenKind::kClose));
    }
    block.push_back({token.position, std::move(call)});
  }

  static std::string ParseTemplateName(const Token& token, std::string_view context) {
    if (token.kind != TokenKind::kString && token.kind != TokenKind::kRawString) {
      ThrowUnexpected(token, context);
    }
    return UnquoteText(token);
  }

  static std::string UnquoteText(const Token& token) {
    std::optional<std::string> text = Unquote(token.text);
    if (!text) {
      Throw(token.position, "invalid syntax");
    }
    return *std::move(text);
  }

  Pipeline ParsePipeline(std::string_view context, TokenKind end) {
    Pipeline pipeline{.position = tokens_.PeekNonSpace().position};
    while (ParseVariable(pipeline, context)) {
    }
    for (;;) {
      const Token token = tokens_.NextNonSpace();
      if (token.kind == end) {
        CheckPipeline(pipeline, token.position, context);
        return pipeline;
      }
      if (!BeginsOperand(token.kind)) {
        ThrowUnexpected(token, context);
      }
      tokens_.Back();
      pipeline.commands.push_back(ParseCommand());
    }
  }

  /// Parses a variable that is declared or set; returns whether another one may follow.
  bool ParseVariable(Pipeline& pipeline, std::string_view context) {
    const Token variable = tokens_.PeekNonSpace();
    if (variable.kind != TokenKind::kVariable) {
      return false;
    }
    tokens_.Next();
    const Token after = tokens_.Peek();
    const Token next = tokens_.PeekNonSpace();
    const bool is_comma = next.kind == TokenKind::kSign && next.text == ",";
    if (next.kind == TokenKind::kAssign || next.kind == TokenKind::kDeclare || is_comma) {
      pipeline.is_assignment = next.kind == TokenKind::kAssign;
      tokens_.NextNonSpace();
      pipeline.variables.emplace_back(variable.text);
      Declare(variable);
      return is_comma && CheckSecondVariable(pipeline, next, context);
    }
    if (after.kind == TokenKind::kSpace) {
      tokens_.Back(variable, after);
    } else {
      tokens_.Back(variable);
    }
    return false;
  }

  void Declare(const Token& variable) {
    variables_.emplace_back(variable.text);
    if (variables_.size() > kMaxVariables) {
      Throw(variable.position, fmt::format("more than {} variables", kMaxVariables));
    }
  }

  /// Only `range` can declare two variables.
  bool CheckSecondVariable(const Pipeline& pipeline, const Token& comma, std::string_view context) {
    if (context != "range" || pipeline.variables.size() > 1) {
      Throw(comma.position, fmt::format("too many declarations in {}", context));
    }
    const Token& next = tokens_.PeekNonSpace();
    if (next.kind != TokenKind::kVariable && next.kind != TokenKind::kClose &&
        next.kind != TokenKind::kRightParenthesis) {
      Throw(next.position, "range can only initialize variables");
    }
    return true;
  }

  static bool BeginsOperand(TokenKind kind) {
    switch (kind) {
      case TokenKind::kBool:
      case TokenKind::kCharacter:
      case TokenKind::kComplex:
      case TokenKind::kDot:
      case TokenKind::kField:
      case TokenKind::kIdentifier:
      case TokenKind::kNumber:
      case TokenKind::kNil:
      case TokenKind::kRawString:
      case TokenKind::kString:
      case TokenKind::kVariable:
      case TokenKind::kLeftParenthesis:
        return true;
      default:
        return false;
    }
  }

  /// Only the first command of a pipeline can be a value; all others must take an argument.
  static void CheckPipeline(const Pipeline& pipeline, std::size_t end, std::string_view context) {
    if (pipeline.commands.empty()) {
      Throw(end, fmt::format("missing value for {}", context));
    }
    for (std::size_t i = 1; i < pipeline.commands.size(); ++i) {
      const Operand& first = pipeline.commands[i].operands.front();
      if (IsLiteral(first) || std::holds_alternative<DotOperand>(first.form)) {
        Throw(first.position, fmt::format("non executable command in pipeline stage {}", i + 1));
      }
    }
  }

  static bool IsLiteral(const Operand& operand) {
    return std::holds_alternative<NilOperand>(operand.form) ||
           std::holds_alternative<BoolOperand>(operand.form) ||
           std::holds_alternative<NumberOperand>(operand.form) ||
           std::holds_alternative<TextOperand>(operand.form);
  }

  /// Parses operands separated by spaces; takes the pipe behind them, but no closing brace.
  Command ParseCommand() {
    Command command{.position = tokens_.PeekNonSpace().position};
    CountNode(command.position);
    for (;;) {
      tokens_.PeekNonSpace();
      if (std::optional<Operand> operand = ParseOperand()) {
        command.operands.push_back(*std::move(operand));
      }
      const Token token = tokens_.Next();
      if (token.kind == TokenKind::kSpace) {
        continue;
      }
      if (token.kind == TokenKind::kClose || token.kind == TokenKind::kRightParenthesis) {
        tokens_.Back();
      } else if (token.kind != TokenKind::kPipe) {
        ThrowUnexpected(token, "operand");
      }
      break;
    }
    if (command.operands.empty()) {
      Throw(command.position, "empty command");
    }
    return command;
  }

  /// Parses a term with the fields behind it; nothing if no term comes.
  std::optional<Operand> ParseOperand() {
    std::optional<Operand> term = ParseTerm();
    if (!term || tokens_.Peek().kind != TokenKind::kField) {
      return term;
    }
    const std::size_t position = tokens_.Peek().position;
    std::vector<std::string> fields;
    while (tokens_.Peek().kind == TokenKind::kField) {
      CountNode(position);
      fields.emplace_back(tokens_.Next().text.substr(1));
    }
    if (IsLiteral(*term) || std::holds_alternative<DotOperand>(term->form)) {
      Throw(position, fmt::format("unexpected . after term {}", Quote(Print(*term))));
    }
    std::vector<std::string>* names = nullptr;
    if (auto* field = std::get_if<FieldOperand>(&term->form)) {
      names = &field->names;
    } else if (auto* variable = std::get_if<VariableOperand>(&term->form)) {
      names = &variable->fields;
    }
    if (names == nullptr) {
      auto base = std::make_unique<Operand>(*std::move(term));
      return Operand{position, ChainOperand{std::move(base), std::move(fields)}};
    }
    term->position = position;  // As in Go's messages, that of the second field.
    names->insert(names->end(), fields.begin(), fields.end());
    return term;
  }

  std::optional<Operand> ParseTerm() {
    const Token token = tokens_.NextNonSpace();
    CountNode(token.position);
    switch (token.kind) {
      case TokenKind::kIdentifier:
        return Operand{token.position, FunctionOperand{&FindFunction(token)}};
      case TokenKind::kDot:
        return Operand{token.position, DotOperand{}};
      case TokenKind::kNil:
        return Operand{token.position, NilOperand{}};
      case TokenKind::kVariable:
        CheckVariable(token);
        return Operand{token.position, VariableOperand{std::string(token.text), {}}};
      case TokenKind::kField:
        return Operand{token.position, FieldOperand{{std::string(token.text.substr(1))}}};
      case TokenKind::kBool:
        return Operand{token.position, BoolOperand{token.text == "true"}};
      case TokenKind::kCharacter:
      case TokenKind::kComplex:
      case TokenKind::kNumber:
        return ParseNumber(token);
      case TokenKind::kString:
      case TokenKind::kRawString:
        return Operand{token.position,
                       TextOperand{std::string(token.text), Value::OfText(UnquoteText(token))}};
      case TokenKind::kLeftParenthesis:
        return ParseParentheses(token);
      default:
        tokens_.Back();
        return std::nullopt;
    }
  }

  static Operand ParseNumber(const Token& token) {
    Result<Number> number = ReadNumber(token);
    if (!number) {
      Throw(token.position, number.error().message);
    }
    return {token.position, NumberOperand{*std::move(number)}};
  }

  Operand ParseParentheses(const Token& token) {
    const Level level(*this, token.position);
    auto pipeline = std::make_unique<Pipeline>(
        ParsePipeline("parenthesized pipeline", TokenKind::kRightParenthesis));
    const std::size_t position = pipeline->position;
    return {position, PipelineOperand{std::move(pipeline)}};
  }

  const Function& FindFunction(const Token& token) const {
    for (auto table = tables_.rbegin(); table != tables_.rend(); ++table) {
      for (const Function& function : *table) {
        if (function.name == token.text) {
          return function;
        }
      }
    }
    std::vector<std::string_view> names;
    for (const std::span<const Function> table : tables_) {
      for (const Function& function : table) {
        names.push_back(function.name);
      }
    }
    ThrowUnknown(token, fmt::format("function {} not defined", Quote(token.text)), names);
  }

  void CheckVariable(const Token& token) const {
    if (std::find(variables_.begin(), variables_.end(), token.text) == variables_.end()) {
      ThrowUnknown(token, fmt::format("undefined variable {}", Quote(token.text)),
                   {variables_.begin(), variables_.end()});
    }
  }

  /// Reports an unknown name with the known one that is meant most likely.
  [[noreturn]] static void ThrowUnknown(const Token& token, std::string_view message,
                                        const std::vector<std::string_view>& known) {
    constexpr std::size_t kLongestName = 100;
    Throw(token.position,
          fmt::format("{}{}", message,
                      token.text.size() <= kLongestName ? DidYouMean(token.text, known) : ""));
  }

  TokenCursor tokens_;
  const FunctionTables& tables_;
  SyntaxTree tree_;
  std::vector<std::string> variables_{"$"};  ///< Those that are visible, with `$`.
  int nesting_ = 0;
  int loops_ = 0;  ///< How many `range` surround the place.
  std::size_t nodes_ = 0;
  std::optional<Ending> ending_;  ///< Set when an `end` or `else` was read.
  Ending last_ending_ = Ending::kEnd;
  std::size_t ending_position_ = 0;
};

}  // namespace

Result<SyntaxTree, ParseError> ParseTemplate(std::string_view text, const FunctionTables& tables) {
  try {
    return Parser(text, tables).Run();
  } catch (Failure& failure) {
    return Fail(std::move(failure.error));
  }
}

}  // namespace hakem::gotemplate

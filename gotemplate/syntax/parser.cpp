#include "gotemplate/syntax/parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "format/quote.h"
#include "gotemplate/syntax/pipeline_parser.h"
#include "gotemplate/syntax/token_cursor.h"

namespace hakem::gotemplate {
namespace {

/// How a list of statements ends.
enum class Ending { kEnd, kElse };

class Parser {
 public:
  Parser(std::string_view text, const FunctionTables& tables)
      : tokens_(text), pipelines_(tokens_, tables) {}

  SyntaxTree Run() {
    while (tokens_.Peek().kind != TokenKind::kEnd) {
      if (ParseDefinition()) {
        continue;
      }
      ParseStatement(tree_.root);
      if (ending_) {
        ThrowParseFailure(ending_position_, fmt::format("unexpected {}", PrintEnding()));
      }
    }
    return std::move(tree_);
  }

 private:
  std::string_view PrintEnding() const { return ending_ == Ending::kElse ? "{{else}}" : "{{end}}"; }

  Token Expect(TokenKind kind, std::string_view context) {
    Token token = tokens_.NextNonSpace();
    if (token.kind != kind) {
      ThrowUnexpected(token, context);
    }
    return token;
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
    outer.swap(pipelines_.variables());
    const int loops = std::exchange(loops_, 0);
    Block block = ParseBlock();
    if (ending_ != Ending::kEnd) {
      ThrowParseFailure(ending_position_,
                        fmt::format("unexpected {} in {}", PrintEnding(), context));
    }
    ending_.reset();
    pipelines_.variables().swap(outer);
    loops_ = loops;
    return block;
  }

  static bool IsBlank(const Block& block) {
    return std::all_of(block.begin(), block.end(), [](const Statement& statement) {
      const auto* text = std::get_if<TextStatement>(&statement.form);
      return text != nullptr && text->text.find_first_not_of(kWhiteSpace) == std::string::npos;
    });
  }

  /// A definition replaces a blank one; two that are not blank are an error.
  void Define(const std::string& name, std::size_t position, Block block) {
    const bool is_blank = IsBlank(block);
    if (filled_definitions_.contains(name)) {
      if (!is_blank) {
        ThrowParseFailure(position,
                          fmt::format("template: multiple definition of template {}", Quote(name)));
      }
      return;
    }
    if (!is_blank) {
      filled_definitions_.insert(name);
    }
    tree_.definitions.insert_or_assign(name, std::move(block));
  }

  /// Parses statements up to an `end` or `else`, which `ending_` then says.
  Block ParseBlock() {
    const PipelineParser::Level level(pipelines_, tokens_.PeekNonSpace().position);
    Block block;
    while (tokens_.PeekNonSpace().kind != TokenKind::kEnd) {
      ParseStatement(block);
      if (ending_) {
        return block;
      }
    }
    ThrowParseFailure(tokens_.Peek().position, "unexpected EOF");
  }

  /// Parses a text or an action.
  void ParseStatement(Block& block) {
    const Token token = tokens_.NextNonSpace();
    pipelines_.CountNode(token.position);
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
    block.push_back({position, ActionStatement{pipelines_.Parse("command", TokenKind::kClose)}});
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
      ThrowParseFailure(keyword.position, fmt::format("{} outside {{{{range}}}}", name));
    }
    block.push_back({keyword.position, std::move(form)});
  }

  /// Parses an `if` or `with` up to its `end`, branch after branch without recursion.
  void ParseConditional(Block& block, const Token& keyword) {
    const std::size_t outer = pipelines_.variables().size();
    ConditionalStatement conditional;
    conditional.is_with = keyword.kind == TokenKind::kWith;
    std::size_t position = keyword.position;
    for (bool goes_on = true; goes_on;) {
      pipelines_.CountNode(position);
      Pipeline condition = pipelines_.Parse(keyword.text, TokenKind::kClose);
      position = condition.position;
      Block branch = ParseBlock();
      conditional.branches.push_back({position, std::move(condition), std::move(branch)});
      goes_on = TakeEnding() == Ending::kElse && TakeKeyword(keyword.kind);
      position = ending_position_;
    }
    if (last_ending_ == Ending::kElse) {
      conditional.otherwise = ParseLastBlock();
    }
    pipelines_.variables().resize(outer);
    block.push_back({conditional.branches.front().position, std::move(conditional)});
  }

  void ParseRange(Block& block, const Token& keyword) {
    const std::size_t outer = pipelines_.variables().size();
    RangeStatement range;
    range.pipeline = pipelines_.Parse(keyword.text, TokenKind::kClose);
    ++loops_;
    range.block = ParseBlock();
    --loops_;
    if (TakeEnding() == Ending::kElse) {
      range.otherwise = ParseLastBlock();
    }
    pipelines_.variables().resize(outer);
    const std::size_t position = range.pipeline.position;
    block.push_back({position, std::move(range)});
  }

  /// Parses the block of an `else`, which must be the last one.
  Block ParseLastBlock() {
    Block block = ParseBlock();
    if (TakeEnding() != Ending::kEnd) {
      ThrowParseFailure(ending_position_, "expected end; found {{else}}");
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
    call.argument = std::make_unique<Pipeline>(pipelines_.Parse(kContext, TokenKind::kClose));
    Define(call.name, token.position, ParseOwnBlock(kContext));
    block.push_back({token.position, std::move(call)});
  }

  void ParseCall(Block& block) {
    constexpr std::string_view kContext = "template clause";
    const Token token = tokens_.NextNonSpace();
    CallStatement call{.name = ParseTemplateName(token, kContext), .argument = nullptr};
    if (tokens_.NextNonSpace().kind != TokenKind::kClose) {
      tokens_.Back();
      call.argument = std::make_unique<Pipeline>(pipelines_.Parse(kContext, TokenKind::kClose));
    }
    block.push_back({token.position, std::move(call)});
  }

  static std::string ParseTemplateName(const Token& token, std::string_view context) {
    if (token.kind != TokenKind::kString && token.kind != TokenKind::kRawString) {
      ThrowUnexpected(token, context);
    }
    return UnquoteText(token);
  }

  TokenCursor tokens_;
  PipelineParser pipelines_;
  SyntaxTree tree_;
  std::set<std::string> filled_definitions_;  ///< The names of the definitions that are not blank.
  int loops_ = 0;                             ///< How many `range` surround the place.
  std::optional<Ending> ending_;              ///< Set when an `end` or `else` was read.
  Ending last_ending_ = Ending::kEnd;
  std::size_t ending_position_ = 0;
};

}  // namespace

Result<SyntaxTree, ParseError> ParseTemplate(std::string_view text, const FunctionTables& tables) {
  try {
    return Parser(text, tables).Run();
  } catch (ParseFailure& failure) {
    return Fail(std::move(failure.error));
  }
}

}  // namespace hakem::gotemplate

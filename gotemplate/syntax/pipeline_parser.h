#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gotemplate/syntax/ast.h"
#include "gotemplate/syntax/parse_failure.h"
#include "gotemplate/syntax/token_cursor.h"

namespace hakem::gotemplate {

/// Tables of functions; a later table overrides an earlier one.
using FunctionTables = std::vector<std::span<const Function>>;

/// Parses what stands inside of actions. Its functions throw ParseFailure.
class PipelineParser {
 public:
  /// Both must outlive the parser.
  PipelineParser(TokenCursor& tokens, const FunctionTables& tables)
      : tokens_(tokens), tables_(tables) {}

  /// Parses a pipeline up to the token `end`, which is taken. `context`: what it belongs to, for
  /// messages.
  Pipeline Parse(std::string_view context, TokenKind end);

  /// The variables that are visible, with `$`.
  std::vector<std::string>& variables() { return variables_; }

  /// Counts an element of the template, of which there may be kMaxNodes.
  void CountNode(std::size_t position);

  /// Counts a level of nesting while it lives, of which there may be kMaxNesting.
  class Level {
   public:
    Level(PipelineParser& parser, std::size_t position);

    ~Level() { --parser_.nesting_; }

    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;

   private:
    PipelineParser& parser_;
  };

 private:
  bool ParseVariable(Pipeline& pipeline, std::string_view context);
  void Declare(const Token& variable);
  bool CheckSecondVariable(const Pipeline& pipeline, const Token& comma, std::string_view context);
  Command ParseCommand();
  std::optional<Operand> ParseOperand();
  std::optional<Operand> ParseTerm();
  Operand ParseParentheses(const Token& token);
  const Function& FindFunction(const Token& token) const;
  void CheckVariable(const Token& token) const;

  TokenCursor& tokens_;
  const FunctionTables& tables_;
  std::vector<std::string> variables_{"$"};
  int nesting_ = 0;
  std::size_t nodes_ = 0;
};

/// Returns the text of a kString or kRawString. Throws ParseFailure.
std::string UnquoteText(const Token& token);

}  // namespace hakem::gotemplate

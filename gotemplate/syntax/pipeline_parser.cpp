#include "gotemplate/syntax/pipeline_parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "format/nearest_name.h"
#include "format/quote.h"
#include "gotemplate/limits/limits.h"

namespace hakem::gotemplate {
namespace {

bool BeginsOperand(TokenKind kind) {
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

bool IsLiteral(const Operand& operand) {
  return std::holds_alternative<NilOperand>(operand.form) ||
         std::holds_alternative<BoolOperand>(operand.form) ||
         std::holds_alternative<NumberOperand>(operand.form) ||
         std::holds_alternative<TextOperand>(operand.form);
}

/// Only the first command of a pipeline can be a value; all others must take an argument.
void CheckPipeline(const Pipeline& pipeline, std::size_t end, std::string_view context) {
  if (pipeline.commands.empty()) {
    ThrowParseFailure(end, fmt::format("missing value for {}", context));
  }
  for (std::size_t i = 1; i < pipeline.commands.size(); ++i) {
    const Operand& first = pipeline.commands[i].operands.front();
    if (IsLiteral(first) || std::holds_alternative<DotOperand>(first.form)) {
      ThrowParseFailure(first.position,
                        fmt::format("non executable command in pipeline stage {}", i + 1));
    }
  }
}

Operand ParseNumber(const Token& token) {
  Result<Number> number = ReadNumber(token);
  if (!number) {
    ThrowParseFailure(token.position, number.error().message);
  }
  return {token.position, NumberOperand{*std::move(number)}};
}

/// Reports an unknown name with the known one that is meant most likely.
[[noreturn]] void ThrowUnknown(const Token& token, std::string_view message,
                               const std::vector<std::string_view>& known) {
  constexpr std::size_t kLongestName = 100;
  ThrowParseFailure(
      token.position,
      fmt::format("{}{}", message,
                  token.text.size() <= kLongestName ? DidYouMean(token.text, known) : ""));
}

}  // namespace

PipelineParser::Level::Level(PipelineParser& parser, std::size_t position) : parser_(parser) {
  if (parser_.nesting_ >= kMaxNesting) {
    ThrowParseFailure(position, fmt::format("nested more than {} levels deep", kMaxNesting));
  }
  ++parser_.nesting_;
}

void PipelineParser::CountNode(std::size_t position) {
  if (++nodes_ > kMaxNodes) {
    ThrowParseFailure(position, fmt::format("the template has more than {} elements", kMaxNodes));
  }
}

std::string UnquoteText(const Token& token) {
  std::optional<std::string> text = Unquote(token.text);
  if (!text) {
    ThrowParseFailure(token.position, "invalid syntax");
  }
  return *std::move(text);
}

Pipeline PipelineParser::Parse(std::string_view context, TokenKind end) {
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
bool PipelineParser::ParseVariable(Pipeline& pipeline, std::string_view context) {
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

void PipelineParser::Declare(const Token& variable) {
  variables_.emplace_back(variable.text);
  if (variables_.size() > kMaxVariables) {
    ThrowParseFailure(variable.position, fmt::format("more than {} variables", kMaxVariables));
  }
}

/// Only `range` can declare two variables.
bool PipelineParser::CheckSecondVariable(const Pipeline& pipeline, const Token& comma,
                                         std::string_view context) {
  if (context != "range" || pipeline.variables.size() > 1) {
    ThrowParseFailure(comma.position, fmt::format("too many declarations in {}", context));
  }
  const Token& next = tokens_.PeekNonSpace();
  if (next.kind != TokenKind::kVariable && next.kind != TokenKind::kClose &&
      next.kind != TokenKind::kRightParenthesis) {
    ThrowParseFailure(next.position, "range can only initialize variables");
  }
  return true;
}

/// Parses operands separated by spaces; takes the pipe behind them, but no closing brace.
Command PipelineParser::ParseCommand() {
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
    ThrowParseFailure(command.position, "empty command");
  }
  return command;
}

/// Parses a term with the fields behind it; nothing if no term comes.
std::optional<Operand> PipelineParser::ParseOperand() {
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
    ThrowParseFailure(position, fmt::format("unexpected . after term {}", Quote(Print(*term))));
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

std::optional<Operand> PipelineParser::ParseTerm() {
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

Operand PipelineParser::ParseParentheses(const Token& token) {
  const Level level(*this, token.position);
  auto pipeline =
      std::make_unique<Pipeline>(Parse("parenthesized pipeline", TokenKind::kRightParenthesis));
  const std::size_t position = pipeline->position;
  return {position, PipelineOperand{std::move(pipeline)}};
}

const Function& PipelineParser::FindFunction(const Token& token) const {
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

void PipelineParser::CheckVariable(const Token& token) const {
  if (std::find(variables_.begin(), variables_.end(), token.text) == variables_.end()) {
    ThrowUnknown(token, fmt::format("undefined variable {}", Quote(token.text)),
                 {variables_.begin() + 1, variables_.end()});  // Not `$`.
  }
}

}  // namespace hakem::gotemplate

#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "gotemplate/syntax/number_literal.h"
#include "gotemplate/values/value.h"

namespace hakem::gotemplate {

struct Pipeline;
struct Operand;

/// `nil`
struct NilOperand {};

/// `.`
struct DotOperand {};

struct BoolOperand {
  bool value;
};

struct NumberOperand {
  Number number;
};

/// A text in quotes.
struct TextOperand {
  std::string quoted;  ///< As it is written.
  Value value;
};

/// `.a.b`
struct FieldOperand {
  std::vector<std::string> names;
};

/// `$x` or `$x.a.b`
struct VariableOperand {
  std::string name;  ///< With `$`.
  std::vector<std::string> fields;
};

/// The name of a function.
struct FunctionOperand {
  const Function* function;
};

/// A pipeline in parentheses.
struct PipelineOperand {
  std::unique_ptr<Pipeline> pipeline;
};

/// Fields of something else than a variable or `.`: `(index .a 1).b`.
struct ChainOperand {
  std::unique_ptr<Operand> base;
  std::vector<std::string> fields;
};

/// An operand of a command.
struct Operand {
  using Form =
      std::variant<NilOperand, DotOperand, BoolOperand, NumberOperand, TextOperand, FieldOperand,
                   VariableOperand, FunctionOperand, PipelineOperand, ChainOperand>;
  std::size_t position = 0;
  Form form;
};

/// An operand with its arguments: `printf "%d" 1`. It has at least one operand.
struct Command {
  std::size_t position = 0;
  std::vector<Operand> operands = {};
};

/// Commands of which each gets the result of the one before as its last argument.
struct Pipeline {
  std::size_t position = 0;
  std::vector<std::string> variables =
      {};                      ///< Those that it declares or sets, with `$`; at most two.
  bool is_assignment = false;  ///< `=` instead of `:=`.
  std::vector<Command> commands = {};
};

struct Statement;
using Block = std::vector<Statement>;

/// A text outside of actions.
struct TextStatement {
  std::string text;
};

/// A pipeline whose result is printed, unless it declares or sets a variable.
struct ActionStatement {
  Pipeline pipeline;
};

/// `if` or `with`, with the branches of all its `else if` or `else with`.
struct ConditionalStatement {
  struct Branch {
    std::size_t position;
    Pipeline condition;
    Block block;
  };

  bool is_with = false;
  std::vector<Branch> branches;
  Block otherwise;
};

struct RangeStatement {
  Pipeline pipeline;
  Block block;
  Block otherwise;
};

/// `template "name" pipeline`, and what stays of a `block`.
struct CallStatement {
  std::string name;
  std::unique_ptr<Pipeline> argument;  ///< Null if there is none.
};

struct BreakStatement {};

struct ContinueStatement {};

struct Statement {
  using Form = std::variant<TextStatement, ActionStatement, ConditionalStatement, RangeStatement,
                            CallStatement, BreakStatement, ContinueStatement>;
  std::size_t position = 0;
  Form form;
};

/// A parsed template with the templates that it defines, by name.
struct SyntaxTree {
  Block root;
  std::map<std::string, Block, std::less<>> definitions;
};

// Print a part of a template in the form in which Go's error messages show it.
std::string Print(const Operand& operand);
std::string Print(const Command& command);
std::string Print(const Pipeline& pipeline);
std::string Print(const CallStatement& call);

}  // namespace hakem::gotemplate

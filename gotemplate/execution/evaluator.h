#pragma once

#include <exception>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "gotemplate/limits/budget.h"
#include "gotemplate/syntax/ast.h"
#include "gotemplate/values/value.h"

namespace hakem::gotemplate {

/// The part of a template that is evaluated: error messages show it.
using Place = std::variant<const Operand*, const Command*, const Pipeline*, const CallStatement*>;

/// Ends an expansion; the executor adds the place to the message.
class ExecutionError : public std::exception {
 public:
  explicit ExecutionError(std::string message) : message_(std::move(message)) {}

  const char* what() const noexcept override { return message_.c_str(); }

 private:
  std::string message_;
};

/// Evaluates pipelines by the rules of Go's text/template, with `missingkey=zero`. Used by one
/// thread for one expansion. Its functions throw ExecutionError and LimitExceeded.
class Evaluator {
 public:
  Evaluator(const Environment& environment, Budget& budget)
      : context_{environment, budget, regexes_}, budget_(budget) {}

  /// A variable and its value; the name is a view of the syntax tree.
  struct Variable {
    std::string_view name;
    Value value;
  };

  /// The variables that exist, the innermost last.
  std::vector<Variable>& variables() { return variables_; }

  /// Sets the innermost variable of that name.
  void SetVariable(std::string_view name, Value value) {
    FindVariable(name).value = std::move(value);
  }

  /// Evaluates the pipeline. Declares its variables, or sets them.
  Value Evaluate(const Value& dot, const Pipeline& pipeline);

  /// Marks what is evaluated from now on.
  void At(Place place, std::size_t position) {
    place_ = place;
    position_ = position;
  }

  const Place& place() const { return place_; }

  std::size_t position() const { return position_; }

  /// Counts a level of nesting while it lives.
  class Level {
   public:
    explicit Level(Evaluator& evaluator);

    ~Level() { --evaluator_.depth_; }

    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;

   private:
    Evaluator& evaluator_;
  };

  [[noreturn]] static void Throw(std::string message) { throw ExecutionError(std::move(message)); }

 private:
  /// What a function or method is called with.
  struct Call {
    std::span<const Operand> operands;  ///< The arguments that are written behind it.
    const Value* final;     ///< The result of the command before; null if there is none.
    const Value* receiver;  ///< What a method belongs to; null for a function.
    Place place;            ///< Errors of the function are reported here.
    std::size_t position;
  };

  Value EvaluateCommand(const Value& dot, const Command& command, const Value* final);
  Value EvaluateConstant(const Value& dot, const Operand& operand);
  Value EvaluateNumber(const Operand& operand, const Number& number);
  Variable& FindVariable(std::string_view name);

  /// Operands that can have arguments: functions, methods, and whatever has fields.
  Value EvaluateWithArguments(const Value& dot, const Operand& operand, const Call& call);
  Value EvaluateFields(const Value& dot, Value receiver, const Operand& operand,
                       std::span<const std::string> names, const Call& call);
  Value EvaluateField(const Value& dot, const Value& receiver, const std::string& name,
                      const Call& call);
  Value EvaluateChain(const Value& dot, const Operand& operand, const ChainOperand& chain,
                      const Call& call);

  Value EvaluateArgument(const Value& dot, const Operand& operand, const Type* type);
  Value ConvertConstant(const Value& dot, const Operand& operand, const Type& type);
  static Value Validate(const Value& value, const Type* type);

  Value CallFunction(const Value& dot, const Function& function, const Call& call);
  Value EvaluateAndOr(const Value& dot, const Function& function, const Call& call);
  std::vector<Value> EvaluateArguments(const Value& dot, const Function& function,
                                       const Call& call);
  Result<Value> CallValue(const Call& call, std::span<const Value> arguments);
  Value Invoke(const Function& function, std::span<const Value> arguments, const Call& call);

  RegexCache regexes_;
  CallContext context_;
  Budget& budget_;
  std::vector<Variable> variables_;
  Place place_;
  std::size_t position_ = 0;
  int depth_ = 0;
};

}  // namespace hakem::gotemplate

#include "gotemplate/execution/evaluator.h"

#include <fmt/format.h>

#include <algorithm>

#include "format/quote.h"

namespace hakem::gotemplate {
namespace {

/// The type of a parameter; the last one of a variadic function stands for all further ones.
const Type* ParameterType(const Function& function, std::size_t number) {
  return function.parameters[std::min(number, function.parameters.size() - 1)];
}

bool CanBeNil(const Type& type) {
  return type.kind == Kind::kPointer || type.kind == Kind::kSlice || type.kind == Kind::kMap ||
         type.kind == Kind::kFunction;
}

bool IsAssignable(const Type& from, const Type& to) {
  return &from == &to || from.underlying == &to || to.underlying == &from;
}

std::size_t TextBytes(std::span<const Value> values) {
  std::size_t bytes = 0;
  for (const Value& value : values) {
    bytes += value.kind() == Kind::kString ? value.text().size() : 0;
  }
  return bytes;
}

}  // namespace

Evaluator::Level::Level(Evaluator& evaluator) : evaluator_(evaluator) {
  if (evaluator_.depth_ >= kMaxExecutionDepth) {
    Throw(fmt::format("exceeded maximum template depth ({})", kMaxExecutionDepth));
  }
  ++evaluator_.depth_;
}

/// Finds the innermost variable of that name. Names of the same length are compared byte by byte.
Evaluator::Variable& Evaluator::FindVariable(std::string_view name) {
  const auto place = std::find_if(variables_.rbegin(), variables_.rend(),
                                  [&](const Variable& variable) { return variable.name == name; });
  if (place == variables_.rend()) {
    Throw(fmt::format("undefined variable: {}", name));
  }
  const auto compared = static_cast<std::size_t>(place - variables_.rbegin()) + 1;
  budget_.SpendOnBytes(compared * name.size());
  return *place;
}

Value Evaluator::Evaluate(const Value& dot, const Pipeline& pipeline) {
  const Level level(*this);
  At(&pipeline, pipeline.position);
  Value value;
  for (const Command& command : pipeline.commands) {
    const bool is_first = &command == &pipeline.commands.front();
    value = EvaluateCommand(dot, command, is_first ? nullptr : &value);
    if (!value.has_value()) {
      value = Value();  // Beyond its command, a missing entry is no value like any other.
    }
  }
  for (const std::string& name : pipeline.variables) {
    if (pipeline.is_assignment) {
      SetVariable(name, value);
    } else {
      variables_.push_back({name, value});
    }
  }
  return value;
}

Value Evaluator::EvaluateCommand(const Value& dot, const Command& command, const Value* final) {
  const Operand& first = command.operands.front();
  const Call call{.operands = std::span(command.operands).subspan(1),
                  .final = final,
                  .receiver = nullptr,
                  .place = &command,
                  .position = command.position};
  budget_.Spend(1);
  const bool is_chain = std::holds_alternative<ChainOperand>(first.form) ||
                        std::holds_alternative<FieldOperand>(first.form) ||
                        std::holds_alternative<FunctionOperand>(first.form);
  if (is_chain) {
    return EvaluateWithArguments(dot, first, call);
  }
  const auto* variable = std::get_if<VariableOperand>(&first.form);
  if (variable != nullptr && !variable->fields.empty()) {
    return EvaluateWithArguments(dot, first, call);
  }
  const auto* nested = std::get_if<PipelineOperand>(&first.form);
  if (nested == nullptr) {
    At(&first, first.position);
  }
  if (!call.operands.empty() || final != nullptr) {
    Throw(fmt::format("can't give argument to non-function {}", Print(first)));
  }
  if (nested != nullptr) {
    return Evaluate(dot, *nested->pipeline);
  }
  return variable != nullptr ? FindVariable(variable->name).value : EvaluateConstant(dot, first);
}

Value Evaluator::EvaluateConstant(const Value& dot, const Operand& operand) {
  if (std::holds_alternative<DotOperand>(operand.form)) {
    return dot;
  }
  if (const auto* boolean = std::get_if<BoolOperand>(&operand.form)) {
    return Value::OfBool(boolean->value);
  }
  if (const auto* number = std::get_if<NumberOperand>(&operand.form)) {
    return EvaluateNumber(operand, number->number);
  }
  if (const auto* text = std::get_if<TextOperand>(&operand.form)) {
    return text->value;
  }
  Throw("nil is not a command");
}

/// Gives a number the type that its form suggests.
Value Evaluator::EvaluateNumber(const Operand& operand, const Number& number) {
  At(&operand, operand.position);
  if (number.is_complex) {
    return Value::OfComplex(number.complex);
  }
  if (number.is_float && number.looks_like_float) {
    return Value::OfFloat(number.real);
  }
  if (!number.is_int) {
    Throw(fmt::format("{} overflows int", number.text));
  }
  return Value::OfInt(number.integer);
}

Value Evaluator::EvaluateWithArguments(const Value& dot, const Operand& operand, const Call& call) {
  At(&operand, operand.position);
  if (const auto* field = std::get_if<FieldOperand>(&operand.form)) {
    return EvaluateFields(dot, dot, operand, field->names, call);
  }
  if (const auto* variable = std::get_if<VariableOperand>(&operand.form)) {
    return EvaluateFields(dot, FindVariable(variable->name).value, operand, variable->fields, call);
  }
  if (const auto* function = std::get_if<FunctionOperand>(&operand.form)) {
    return CallFunction(dot, *function->function, call);
  }
  return EvaluateChain(dot, operand, std::get<ChainOperand>(operand.form), call);
}

Value Evaluator::EvaluateChain(const Value& dot, const Operand& operand, const ChainOperand& chain,
                               const Call& call) {
  Value base = EvaluateArgument(dot, *chain.base, nullptr);
  return EvaluateFields(dot, std::move(base), operand, chain.fields, call);
}

/// Only the last field can be a method with arguments.
Value Evaluator::EvaluateFields(const Value& dot, Value receiver, const Operand& operand,
                                std::span<const std::string> names, const Call& call) {
  const Call without_arguments{.operands = {},
                               .final = nullptr,
                               .receiver = nullptr,
                               .place = &operand,
                               .position = operand.position};
  Call last = call;
  last.place = &operand;
  last.position = operand.position;
  for (std::size_t i = 0; i < names.size(); ++i) {
    budget_.SpendOnBytes(names[i].size());
    receiver =
        EvaluateField(dot, receiver, names[i], i + 1 < names.size() ? without_arguments : last);
  }
  return receiver;
}

Value Evaluator::EvaluateField(const Value& dot, const Value& receiver, const std::string& name,
                               const Call& call) {
  if (!receiver.has_value()) {
    return {};
  }
  if (const Function* method = receiver.FindMethod(name); method != nullptr && !receiver.is_nil()) {
    const Value target = receiver.Indirect();
    Call with_receiver = call;
    with_receiver.receiver = &target;
    return CallFunction(dot, *method, with_receiver);
  }
  const bool has_arguments = !call.operands.empty() || call.final != nullptr;
  const Kind kind =
      receiver.kind() == Kind::kPointer ? receiver.type()->element->kind : receiver.kind();
  if (kind == Kind::kPointer || (receiver.kind() == Kind::kPointer && receiver.is_nil())) {
    Throw(fmt::format("nil pointer evaluating {}.{}", receiver.type_name(), name));
  }
  const Value* member =
      kind == Kind::kStruct || kind == Kind::kMap ? receiver.Indirect().Find(name) : nullptr;
  if (kind == Kind::kMap) {
    if (has_arguments) {
      Throw(fmt::format("{} is not a method but has arguments", name));
    }
    return member != nullptr ? *member : Value::ZeroOf(receiver.Indirect().type()->element);
  }
  if (member == nullptr) {
    Throw(fmt::format("can't evaluate field {} in type {}", name, receiver.type_name()));
  }
  if (has_arguments) {
    Throw(fmt::format("{} has arguments but cannot be invoked as function", name));
  }
  return *member;
}

Value Evaluator::EvaluateArgument(const Value& dot, const Operand& operand, const Type* type) {
  budget_.Spend(1);
  At(&operand, operand.position);
  if (std::holds_alternative<DotOperand>(operand.form)) {
    return Validate(dot, type);
  }
  if (std::holds_alternative<NilOperand>(operand.form)) {
    if (type != nullptr && !CanBeNil(*type)) {
      Throw(fmt::format("cannot assign nil to {}", type->name));
    }
    return type == nullptr ? Value() : Value::NilOf(*type);
  }
  if (const auto* nested = std::get_if<PipelineOperand>(&operand.form)) {
    return Validate(Evaluate(dot, *nested->pipeline), type);
  }
  const auto* variable = std::get_if<VariableOperand>(&operand.form);
  if (variable != nullptr && variable->fields.empty()) {
    return Validate(FindVariable(variable->name).value, type);
  }
  const bool is_constant = std::holds_alternative<BoolOperand>(operand.form) ||
                           std::holds_alternative<NumberOperand>(operand.form) ||
                           std::holds_alternative<TextOperand>(operand.form);
  if (is_constant) {
    return type == nullptr ? EvaluateConstant(dot, operand) : ConvertConstant(dot, operand, *type);
  }
  const Call call{.operands = {},
                  .final = nullptr,
                  .receiver = nullptr,
                  .place = &operand,
                  .position = operand.position};
  return Validate(EvaluateWithArguments(dot, operand, call), type);
}

/// Gives a constant the type of a parameter.
Value Evaluator::ConvertConstant(const Value& dot, const Operand& operand, const Type& type) {
  const auto* boolean = std::get_if<BoolOperand>(&operand.form);
  const auto* number = std::get_if<NumberOperand>(&operand.form);
  const auto* text = std::get_if<TextOperand>(&operand.form);
  std::string_view expected;
  switch (type.kind) {
    case Kind::kBool:
      expected = boolean != nullptr ? "" : "bool";
      break;
    case Kind::kString:
      expected = text != nullptr ? "" : "string";
      break;
    case Kind::kInt:
      expected = number != nullptr && number->number.is_int ? "" : "integer";
      break;
    case Kind::kFloat:
      expected = number != nullptr && number->number.is_float ? "" : "float";
      break;
    default:
      Throw(fmt::format("can't handle {} for arg of type {}", Print(operand), type.name));
  }
  if (!expected.empty()) {
    Throw(fmt::format("expected {}; found {}", expected, Print(operand)));
  }
  if (type.kind == Kind::kInt) {
    return Value::OfInt(number->number.integer, type);
  }
  return type.kind == Kind::kFloat ? Value::OfFloat(number->number.real).As(type)
                                   : EvaluateConstant(dot, operand).As(type);
}

/// Makes sure that a value can be passed for a parameter of the type; null is any type.
Value Evaluator::Validate(const Value& value, const Type* type) {
  if (type == nullptr) {
    return value.has_value() ? value : Value();
  }
  if (!value.has_value()) {
    if (value.type() == &kAnyType) {
      Throw(fmt::format("wrong type for value; expected {}; got {}", type->name, kAnyType.name));
    }
    if (!CanBeNil(*type)) {
      Throw(fmt::format("invalid value; expected {}", type->name));
    }
    return Value::NilOf(*type);
  }
  if (IsAssignable(*value.type(), *type)) {
    return value;
  }
  if (value.kind() == Kind::kPointer && value.type()->element == type) {
    if (value.is_nil()) {
      Throw(fmt::format("dereference of nil pointer of type {}", type->name));
    }
    return value.Indirect();
  }
  Throw(fmt::format("wrong type for value; expected {}; got {}", type->name, value.type_name()));
}

Value Evaluator::CallFunction(const Value& dot, const Function& function, const Call& call) {
  const std::size_t given = call.operands.size() + (call.final != nullptr ? 1 : 0);
  const std::size_t wanted = function.parameters.size();
  if (function.is_variadic && given + 1 < wanted) {
    Throw(fmt::format("wrong number of args for {}: want at least {} got {}", function.name,
                      wanted - 1, call.operands.size()));
  }
  if (!function.is_variadic && given != wanted) {
    Throw(fmt::format("wrong number of args for {}: want {} got {}", function.name, wanted, given));
  }
  if (function.form == Function::Form::kAnd || function.form == Function::Form::kOr) {
    return EvaluateAndOr(dot, function, call);
  }
  return Invoke(function, EvaluateArguments(dot, function, call), call);
}

Value Evaluator::EvaluateAndOr(const Value& dot, const Function& function, const Call& call) {
  Value value;
  for (const Operand& operand : call.operands) {
    value = EvaluateArgument(dot, operand, nullptr);
    if (value.IsTrue() == (function.form == Function::Form::kOr)) {
      return value;
    }
  }
  return call.final != nullptr ? *call.final : value;
}

/// Returns the receiver of a method and the arguments.
std::vector<Value> Evaluator::EvaluateArguments(const Value& dot, const Function& function,
                                                const Call& call) {
  std::vector<Value> arguments;
  if (call.receiver != nullptr) {
    arguments.push_back(*call.receiver);
  }
  for (std::size_t i = 0; i < call.operands.size(); ++i) {
    arguments.push_back(EvaluateArgument(dot, call.operands[i], ParameterType(function, i)));
  }
  if (call.final != nullptr) {
    arguments.push_back(Validate(*call.final, ParameterType(function, call.operands.size())));
  }
  return arguments;
}

/// Calls a function that is a value.
Result<Value> Evaluator::CallValue(const Call& call, std::span<const Value> arguments) {
  const Value& callee = arguments.front();
  const auto name = [&] {
    return call.operands.empty() ? std::string(callee.type_name()) : Print(call.operands.front());
  };
  if (!callee.has_value() || callee.is_nil()) {
    return Fail(ErrorCode::kInvalidInput, "call of nil");
  }
  if (callee.kind() != Kind::kFunction) {
    return Fail(ErrorCode::kInvalidInput,
                fmt::format("non-function {} of type {}", name(), callee.type_name()));
  }
  const Function& function = callee.function();
  const std::span<const Value> rest = arguments.subspan(1);
  const std::size_t wanted = function.parameters.size();
  if (function.is_variadic ? rest.size() + 1 < wanted : rest.size() != wanted) {
    return Fail(ErrorCode::kInvalidInput,
                fmt::format("wrong number of args for {}: got {} want {}{}", name(), rest.size(),
                            function.is_variadic ? "at least " : "",
                            function.is_variadic ? wanted - 1 : wanted));
  }
  for (std::size_t i = 0; i < rest.size(); ++i) {
    const Type* type = ParameterType(function, i);
    if (type != nullptr && (!rest[i].has_value() || !IsAssignable(*rest[i].type(), *type))) {
      return Fail(ErrorCode::kInvalidInput, fmt::format("arg {}: value has type {}; should be {}",
                                                        i, rest[i].type_name(), type->name));
    }
  }
  return function.call(context_, rest);
}

/// Calls the function; charges what it will read before, and what it has returned afterwards.
Value Evaluator::Invoke(const Function& function, std::span<const Value> arguments,
                        const Call& call) {
  budget_.SpendOnBytes(TextBytes(arguments) * function.byte_cost);
  const Result<Value> result = function.form == Function::Form::kCall
                                   ? CallValue(call, arguments)
                                   : function.call(context_, arguments);
  if (!result) {
    At(call.place, call.position);
    Throw(fmt::format("error calling {}: {}", function.name, result.error().message));
  }
  budget_.SpendOnBytes(TextBytes({&*result, 1}));
  const bool too_long = result->kind() == Kind::kString && result->text().size() > kMaxTextBytes;
  if (too_long || result->depth() > kMaxValueDepth) {
    At(call.place, call.position);
    Throw(too_long ? fmt::format("error calling {}: the text is longer than {} bytes",
                                 function.name, kMaxTextBytes)
                   : fmt::format("error calling {}: lists and maps nested more than {} deep",
                                 function.name, kMaxValueDepth));
  }
  return *result;
}

}  // namespace hakem::gotemplate

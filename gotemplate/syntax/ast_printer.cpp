#include <fmt/format.h>

#include "format/quote.h"
#include "gotemplate/syntax/ast.h"

namespace hakem::gotemplate {
namespace {

/// Appends a part; the depth of nesting is limited by the parser.
class AstPrinter {
 public:
  std::string Take() { return std::move(text_); }

  void Append(const Pipeline& pipeline) {
    for (std::size_t i = 0; i < pipeline.variables.size(); ++i) {
      text_ += (i == 0 ? "" : ", ") + pipeline.variables[i];
    }
    if (!pipeline.variables.empty()) {
      text_ += pipeline.is_assignment ? " = " : " := ";
    }
    for (std::size_t i = 0; i < pipeline.commands.size(); ++i) {
      text_ += i == 0 ? "" : " | ";
      Append(pipeline.commands[i]);
    }
  }

  void Append(const Command& command) {
    for (std::size_t i = 0; i < command.operands.size(); ++i) {
      text_ += i == 0 ? "" : " ";
      Append(command.operands[i]);
    }
  }

  void Append(const Operand& operand) {
    std::visit([this](const auto& form) { AppendForm(form); }, operand.form);
  }

 private:
  void AppendForm(const NilOperand& /*operand*/) { text_ += "nil"; }

  void AppendForm(const DotOperand& /*operand*/) { text_ += "."; }

  void AppendForm(const BoolOperand& operand) { text_ += operand.value ? "true" : "false"; }

  void AppendForm(const NumberOperand& operand) { text_ += operand.number.text; }

  void AppendForm(const TextOperand& operand) { text_ += operand.quoted; }

  void AppendForm(const FieldOperand& operand) { AppendFields(operand.names); }

  void AppendForm(const VariableOperand& operand) {
    text_ += operand.name;
    AppendFields(operand.fields);
  }

  void AppendForm(const FunctionOperand& operand) { text_ += operand.function->name; }

  void AppendForm(const PipelineOperand& operand) {
    text_ += '(';
    Append(*operand.pipeline);
    text_ += ')';
  }

  void AppendForm(const ChainOperand& operand) {
    Append(*operand.base);
    AppendFields(operand.fields);
  }

  void AppendFields(const std::vector<std::string>& names) {
    for (const std::string& name : names) {
      text_ += '.';
      text_ += name;
    }
  }

  std::string text_;
};

template <typename Part>
std::string PrintPart(const Part& part) {
  AstPrinter printer;
  printer.Append(part);
  return printer.Take();
}

}  // namespace

std::string Print(const Operand& operand) {
  // As an argument, Go shows a pipeline without its parentheses.
  const auto* nested = std::get_if<PipelineOperand>(&operand.form);
  return nested != nullptr ? PrintPart(*nested->pipeline) : PrintPart(operand);
}

std::string Print(const Command& command) {
  return PrintPart(command);
}

std::string Print(const Pipeline& pipeline) {
  return PrintPart(pipeline);
}

std::string Print(const CallStatement& call) {
  return call.argument == nullptr
             ? fmt::format("{{{{template {}}}}}", Quote(call.name))
             : fmt::format("{{{{template {} {}}}}}", Quote(call.name), Print(*call.argument));
}

}  // namespace hakem::gotemplate

#include "gotemplate/execution/executor.h"

#include <fmt/format.h>

#include <utility>

#include "format/quote.h"
#include "gotemplate/execution/evaluator.h"
#include "gotemplate/printing/print.h"

namespace hakem::gotemplate {
namespace {

/// Whether the statements after the present one are executed.
enum class Flow { kNext, kBreak, kContinue };

class Executor {
 public:
  Executor(const SyntaxTree& tree, const Environment& environment)
      : tree_(tree), environment_(environment), evaluator_(environment, budget_) {}

  Result<std::string, ExecutionFailure> Run(const Value& data) {
    try {
      evaluator_.variables().push_back({"$", data});
      Walk(data, tree_.root);
      return out_.Take();
    } catch (const ExecutionError& error) {
      return Fail(Describe(error.what()));
    } catch (const LimitExceeded& error) {
      return Fail(Describe(error.what()));
    }
  }

 private:
  ExecutionFailure Describe(std::string message) const {
    return {.position = evaluator_.position(),
            .template_name = std::string(template_name_),
            .context = std::visit(
                [](const auto* part) { return part == nullptr ? std::string() : Print(*part); },
                evaluator_.place()),
            .message = std::move(message)};
  }

  Flow Walk(const Value& dot, const Block& block) {
    const Evaluator::Level level(evaluator_);
    for (const Statement& statement : block) {
      budget_.Spend(1);
      const Flow flow =
          std::visit([&](const auto& form) { return Run(dot, statement, form); }, statement.form);
      if (flow != Flow::kNext) {
        return flow;
      }
    }
    return Flow::kNext;
  }

  Flow Run(const Value& /*dot*/, const Statement& /*statement*/, const TextStatement& text) {
    out_.Append(text.text);
    return Flow::kNext;
  }

  Flow Run(const Value& dot, const Statement& statement, const ActionStatement& action) {
    const Value value = evaluator_.Evaluate(dot, action.pipeline);
    if (!action.pipeline.variables.empty()) {
      return Flow::kNext;
    }
    evaluator_.At(&action.pipeline, statement.position);
    if (value.kind() == Kind::kFunction) {
      Evaluator::Throw(
          fmt::format("can't print {} of type {}", Print(action.pipeline), value.type_name()));
    }
    const std::size_t before = out_.text().size();
    PrintResult(out_, value);
    budget_.SpendOnBytes(out_.text().size() - before);
    return Flow::kNext;
  }

  Flow Run(const Value& dot, const Statement& /*statement*/,
           const ConditionalStatement& conditional) {
    const std::size_t outer = evaluator_.variables().size();
    for (const ConditionalStatement::Branch& branch : conditional.branches) {
      const Value value = evaluator_.Evaluate(dot, branch.condition);
      if (value.IsTrue()) {
        return WalkScope(conditional.is_with ? value : dot, branch.block, outer);
      }
    }
    return WalkScope(dot, conditional.otherwise, outer);
  }

  Flow Run(const Value& dot, const Statement& /*statement*/, const RangeStatement& range) {
    const std::size_t outer = evaluator_.variables().size();
    const Value result = evaluator_.Evaluate(dot, range.pipeline);
    const Value value = result.is_nil() ? result : result.Indirect();
    switch (value.kind()) {
      case Kind::kInt:
      case Kind::kUint:
        RangeOverInteger(range, value);
        break;
      case Kind::kSlice:
        RangeOverList(range, value.list());
        break;
      case Kind::kMap:
        RangeOverMap(range, value.entries());
        break;
      case Kind::kNone:
        break;
      default:
        Evaluator::Throw(fmt::format("range can't iterate over {}", PrintText(value)));
    }
    const bool is_empty = value.kind() == Kind::kInt || value.kind() == Kind::kUint
                              ? value.integer() <= 0
                              : !value.IsTrue();
    const Flow flow = is_empty ? Walk(dot, range.otherwise) : Flow::kNext;
    evaluator_.variables().resize(outer);
    return flow;
  }

  void RangeOverInteger(const RangeStatement& range, const Value& end) {
    if (range.pipeline.variables.size() > 1) {
      Evaluator::Throw(
          fmt::format("can't use {} to iterate over more than one variable", PrintText(end)));
    }
    for (std::int64_t i = 0; i < end.integer(); ++i) {
      if (Iterate(range, {}, Value::OfInt(i, *end.type())) == Flow::kBreak) {
        break;
      }
    }
  }

  void RangeOverList(const RangeStatement& range, std::span<const Value> list) {
    for (std::size_t i = 0; i < list.size(); ++i) {
      const Value index = Value::OfInt(static_cast<std::int64_t>(i));
      if (Iterate(range, index, list[i]) == Flow::kBreak) {
        break;
      }
    }
  }

  void RangeOverMap(const RangeStatement& range, std::span<const Value::Entry> entries) {
    for (const auto& [key, value] : entries) {
      budget_.SpendOnBytes(key.size());
      if (Iterate(range, Value::OfText(key), value) == Flow::kBreak) {
        break;
      }
    }
  }

  /// Runs a loop's block once. A single variable gets the element.
  Flow Iterate(const RangeStatement& range, const Value& key, const Value& element) {
    budget_.Spend(1);
    std::vector<Evaluator::Variable>& variables = evaluator_.variables();
    const std::size_t outer = variables.size();
    const std::vector<std::string>& names = range.pipeline.variables;
    if (range.pipeline.is_assignment) {
      if (names.size() > 1) {
        evaluator_.SetVariable(names[0], key);
      }
      evaluator_.SetVariable(names.back(), element);
    } else if (!names.empty()) {
      variables[outer - 1].value = element;
      if (names.size() > 1) {
        variables[outer - 2].value = key;
      }
    }
    return WalkScope(element, range.block, outer);
  }

  /// Walks a block and ends the variables that were declared after the first `outer` ones.
  Flow WalkScope(const Value& dot, const Block& block, std::size_t outer) {
    const Flow flow = Walk(dot, block);
    evaluator_.variables().resize(outer);
    return flow;
  }

  Flow Run(const Value& dot, const Statement& statement, const CallStatement& call) {
    evaluator_.At(&call, statement.position);
    budget_.SpendOnBytes(call.name.size());
    const bool calls_root = call.name == environment_.name;
    const auto place = tree_.definitions.find(call.name);
    if (!calls_root && place == tree_.definitions.end()) {
      Evaluator::Throw(fmt::format("template {} not defined", Quote(call.name)));
    }
    const Value argument =
        call.argument == nullptr ? Value() : evaluator_.Evaluate(dot, *call.argument);
    // The called template sees none of the variables of the calling one.
    std::vector<Evaluator::Variable> own{{"$", argument}};
    own.swap(evaluator_.variables());
    const std::string_view caller = std::exchange(template_name_, call.name);
    const bool is_defined = place != tree_.definitions.end();
    Walk(argument, is_defined ? place->second : tree_.root);
    template_name_ = caller;
    own.swap(evaluator_.variables());
    return Flow::kNext;
  }

  Flow Run(const Value& /*dot*/, const Statement& /*statement*/, const BreakStatement& /*jump*/) {
    return Flow::kBreak;
  }

  Flow Run(const Value& /*dot*/, const Statement& /*statement*/,
           const ContinueStatement& /*jump*/) {
    return Flow::kContinue;
  }

  const SyntaxTree& tree_;
  const Environment& environment_;
  Budget budget_;
  Evaluator evaluator_;
  LimitedText out_;
  std::string_view template_name_;  ///< Empty for the outermost template.
};

}  // namespace

Result<std::string, ExecutionFailure> Execute(const SyntaxTree& tree, const Value& data,
                                              const Environment& environment) {
  return Executor(tree, environment).Run(data);
}

}  // namespace hakem::gotemplate

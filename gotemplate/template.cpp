#include "gotemplate/template.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "format/nearest_name.h"
#include "format/number.h"
#include "gotemplate/lexer.h"
#include "model/check.h"

namespace hakem::gotemplate {
namespace {

/// Lists the supported actions for messages: `{{ $value }} and {{ $labels.name }}`.
std::string Understood(std::span<const Declaration> variables) {
  std::string forms;
  for (const Declaration& variable : variables) {
    forms += fmt::format("{}{{{{ ${}{} }}}}", forms.empty() ? "" : " and ", variable.name,
                         variable.type == ValueType::kLabels ? ".name" : "");
  }
  return forms;
}

tl::unexpected<Error> Unsupported(std::string_view action, std::span<const Declaration> variables) {
  return Fail(ErrorCode::kInvalidInput,
              action.empty() ? "empty action"
                             : fmt::format("unsupported action \"{}\": only {} are understood",
                                           action, Understood(variables)));
}

tl::unexpected<Error> Undefined(std::string_view name, std::span<const Declaration> variables) {
  std::vector<std::string_view> known;
  for (const Declaration& variable : variables) {
    known.push_back(variable.name);
  }
  const std::optional<std::string_view> nearest = NearestName(name, known);
  return Fail(ErrorCode::kInvalidInput,
              fmt::format("undefined variable \"${}\"{}", name,
                          nearest ? fmt::format(", did you mean \"${}\"?", *nearest) : ""));
}

}  // namespace

Result<Template::Print> Template::ParseAction(std::string_view action,
                                              std::span<const Declaration> variables) {
  if (!action.starts_with('$')) {
    return Unsupported(action, variables);
  }
  const std::size_t dot = action.find('.');
  const std::string_view name = action.substr(1, dot - 1);
  const std::string_view field = dot == action.npos ? "" : action.substr(dot + 1);
  if (!IsValidLabelName(name) || (dot != action.npos && !IsValidLabelName(field))) {
    return Unsupported(action, variables);
  }
  const auto found =
      std::find_if(variables.begin(), variables.end(),
                   [&](const Declaration& variable) { return variable.name == name; });
  if (found == variables.end()) {
    return Undefined(name, variables);
  }
  if (found->type == ValueType::kNumber && !field.empty()) {
    return Fail(ErrorCode::kInvalidInput,
                fmt::format("${} is a number, it has no field \"{}\"", name, field));
  }
  if (found->type == ValueType::kLabels && field.empty()) {
    return Fail(ErrorCode::kInvalidInput,
                fmt::format("${0} is a set of labels, name one of them: ${0}.instance", name));
  }
  return Print{static_cast<std::size_t>(found - variables.begin()), std::string(field)};
}

Result<Template> Template::Parse(std::string_view source, std::span<const Declaration> variables) {
  const Result<std::vector<Piece>> pieces = Split(source);
  if (!pieces) {
    return Fail(pieces.error());
  }
  Template parsed;
  parsed.source_ = source;
  for (const Piece& piece : *pieces) {
    if (piece.kind == Piece::Kind::kText) {
      parsed.steps_.emplace_back(std::string(piece.text));
      continue;
    }
    Result<Print> print = ParseAction(piece.text, variables);
    if (!print) {
      return Fail(print.error().code, fmt::format("{}:{}: {}", piece.position.line,
                                                  piece.position.column, print.error().message));
    }
    parsed.steps_.emplace_back(*std::move(print));
  }
  return parsed;
}

std::string Template::Expand(std::span<const Value> values) const {
  std::string expanded;
  for (const Step& step : steps_) {
    if (const auto* text = std::get_if<std::string>(&step)) {
      expanded += *text;
      continue;
    }
    const Print& print = std::get<Print>(step);
    HAKEM_CHECK(print.variable < values.size());
    const Value& value = values[print.variable];
    if (const auto* labels = std::get_if<const Labels*>(&value)) {
      expanded += (*labels)->Get(print.field);
    } else {
      AppendNumber(expanded, std::get<double>(value), NumberForm::kGeneral);
    }
  }
  return expanded;
}

}  // namespace hakem::gotemplate

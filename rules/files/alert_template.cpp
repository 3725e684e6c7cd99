#include "rules/files/alert_template.h"

#include <fmt/format.h>

#include "gotemplate/functions/prometheus.h"
#include "model/interruption.h"

namespace hakem::rules {
namespace {

using gotemplate::Kind;
using gotemplate::Type;
using gotemplate::Value;

constexpr std::string_view kPreamble =
    "{{$labels := .Labels}}{{$externalLabels := .ExternalLabels}}"
    "{{$externalURL := .ExternalURL}}{{$value := .Value}}";

/// The dot of an alert's templates, as Go prints its type.
constexpr Type kDataType{
    "struct { Labels map[string]string; ExternalLabels map[string]string; ExternalURL string; "
    "Value interface {} }",
    Kind::kStruct};

/// Turns `line:column: message` into Go's `line: message`. Other messages stay as they are.
std::string WithoutColumn(std::string_view mistake) {
  const std::size_t line_end = mistake.find_first_not_of("0123456789");
  const std::size_t column_end = mistake.find(": ");
  const bool has_place = line_end != 0 && line_end < column_end && column_end != mistake.npos;
  return has_place ? std::string(mistake.substr(0, line_end)).append(mistake.substr(column_end))
                   : std::string(mistake);
}

Value MakeData(const Labels& labels, double value, const TemplateContext& context) {
  return Value::OfStruct({{"Labels", Value::OfLabels(labels)},
                          {"ExternalLabels", Value::OfLabels(context.external_labels)},
                          {"ExternalURL", Value::OfText(context.external_url)},
                          {"Value", Value::OfFloat(value)}},
                         kDataType);
}

}  // namespace

Result<gotemplate::Template> ParseAlertTemplate(std::string_view text) {
  return gotemplate::Template::Parse(
      text, {.functions = {gotemplate::PrometheusFunctions()}, .preamble = kPreamble});
}

AlertExpander::AlertExpander(std::string_view alert, const Labels& labels, double value,
                             const TemplateContext& context)
    : name_(fmt::format("__alert_{}", alert)),
      environment_{.name = name_,
                   .query = context.query,
                   .external_url = context.external_url,
                   .now = context.now},
      data_(MakeData(labels, value, context)) {}

std::string AlertExpander::Expand(const gotemplate::Template& text) const {
  try {
    return ExpandLabel(text);
  } catch (const Interrupted& interrupted) {
    if (interrupted.error().code != ErrorCode::kTimeout) {
      throw;
    }
    return ErrorText(interrupted.error().message);
  }
}

std::string AlertExpander::ExpandLabel(const gotemplate::Template& text) const {
  if (text.is_constant()) {
    return text.source();
  }
  if (text.mistake() != nullptr) {
    return fmt::format("<error expanding template: error parsing template {0}: template: {0}:{1}>",
                       name_, WithoutColumn(text.mistake()->message));
  }
  Result<std::string> expanded = text.Expand(data_, environment_);
  return expanded ? *std::move(expanded) : ErrorText(expanded.error().message);
}

std::string AlertExpander::ErrorText(std::string_view error) const {
  return fmt::format("<error expanding template: error executing template {}: {}>", name_, error);
}

}  // namespace hakem::rules

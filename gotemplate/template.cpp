#include "gotemplate/template.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "format/quote.h"
#include "gotemplate/execution/executor.h"
#include "gotemplate/functions/builtins.h"
#include "gotemplate/limits/limits.h"
#include "gotemplate/syntax/parser.h"

namespace hakem::gotemplate {
namespace {

/// The longest part of a template that an error message repeats, in bytes.
constexpr std::size_t kMaxShownBytes = 1000;

/// Cuts a text between two characters.
std::string Shortened(std::string_view text) {
  if (text.size() <= kMaxShownBytes) {
    return std::string(text);
  }
  std::size_t end = kMaxShownBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) {
    --end;
  }
  return fmt::format("{}...", text.substr(0, end));
}

struct LineAndColumn {
  std::ptrdiff_t line;
  std::size_t column;  ///< In bytes, from 0.
};

LineAndColumn Locate(std::string_view text, std::size_t position) {
  const std::string_view before = text.substr(0, position);
  const std::size_t newline = before.rfind('\n');
  return {.line = 1 + std::count(before.begin(), before.end(), '\n'),
          .column = newline == before.npos ? position : position - newline - 1};
}

}  // namespace

Result<Template> Template::Parse(std::string_view source, const Options& options) {
  if (source.size() > kMaxSourceBytes) {
    return Fail(ErrorCode::kInvalidInput, fmt::format("the template has {} bytes, more than {}",
                                                      source.size(), kMaxSourceBytes));
  }
  if (source.find("{{") == source.npos) {
    return Template(source, 0, nullptr);
  }
  FunctionTables tables{Builtins()};
  tables.insert(tables.end(), options.functions.begin(), options.functions.end());
  const std::string text = fmt::format("{}{}", options.preamble, source);
  Result<SyntaxTree, ParseError> tree = ParseTemplate(text, tables);
  if (!tree) {
    const std::size_t place = std::max(tree.error().position, options.preamble.size());
    const LineAndColumn located = Locate(source, place - options.preamble.size());
    return Fail(ErrorCode::kInvalidInput, fmt::format("{}:{}: {}", located.line, located.column + 1,
                                                      Shortened(tree.error().message)));
  }
  return Template(source, options.preamble.size(),
                  std::make_shared<const SyntaxTree>(*std::move(tree)));
}

Template Template::Broken(std::string_view source, Error error) {
  Template broken(source, 0, nullptr);
  broken.mistake_ = std::make_shared<const Error>(std::move(error));
  return broken;
}

Result<std::string> Template::Expand(const Value& data, const Environment& environment) const {
  if (mistake_ != nullptr) {
    return Fail(*mistake_);
  }
  if (is_constant()) {
    return *source_;
  }
  Result<std::string, ExecutionFailure> text = Execute(*tree_, data, environment);
  if (text) {
    return *std::move(text);
  }
  const ExecutionFailure& failure = text.error();
  const bool in_preamble = failure.position < preamble_bytes_;
  LineAndColumn located = Locate(*source_, in_preamble ? 0 : failure.position - preamble_bytes_);
  located.column += in_preamble ? failure.position : located.line == 1 ? preamble_bytes_ : 0;
  const std::string_view executed =
      failure.template_name.empty() ? environment.name : std::string_view(failure.template_name);
  return Fail(ErrorCode::kInvalidInput,
              fmt::format("template: {}:{}:{}: executing {} at <{}>: {}", environment.name,
                          located.line, located.column, Quote(executed), Shortened(failure.context),
                          Shortened(failure.message)));
}

}  // namespace hakem::gotemplate

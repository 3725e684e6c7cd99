#include "collectors/core/session.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "model/check.h"

namespace hakem::collectors {
namespace {

std::string Quote(std::string_view text, char quote) {
  std::string quoted(1, quote);
  for (const char c : text) {
    if (c == quote) {
      quoted += c;
    }
    quoted += c;
  }
  return quoted + quote;
}

}  // namespace

Rows::Rows(std::vector<std::string> columns, std::vector<Cell> cells)
    : columns_(std::move(columns)), cells_(std::move(cells)) {
  HAKEM_CHECK(columns_.empty() ? cells_.empty() : cells_.size() % columns_.size() == 0);
}

Result<std::size_t> Rows::Column(std::string_view name) const {
  const auto found = std::find(columns_.begin(), columns_.end(), name);
  if (found == columns_.end()) {
    return Fail(ErrorCode::kInternal, fmt::format("the query has no column \"{}\"", name));
  }
  return static_cast<std::size_t>(found - columns_.begin());
}

std::optional<std::string_view> Rows::Text(std::size_t row, std::size_t column) const {
  const Cell& cell = cells_.at(row * columns_.size() + column);
  return cell ? std::optional<std::string_view>(*cell) : std::nullopt;
}

std::optional<double> Rows::Number(std::size_t row, std::size_t column) const {
  const auto text = Text(row, column);
  if (!text) {
    return std::nullopt;
  }
  if (*text == "t" || *text == "f") {
    return *text == "t" ? 1 : 0;
  }
  double number = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
  return error == std::errc{} && end == text->data() + text->size() ? std::optional(number)
                                                                    : std::nullopt;
}

std::string QuoteLiteral(std::string_view text) {
  // Backslashes are ordinary characters: standard_conforming_strings is on in every session.
  return Quote(text, '\'');
}

std::string QuoteIdentifier(std::string_view name) {
  return Quote(name, '"');
}

}  // namespace hakem::collectors

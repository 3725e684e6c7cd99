#include "state/columns.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <limits>
#include <string_view>
#include <utility>
#include <vector>

namespace hakem::state {
namespace {

/// Appends a text so that TakeText can read it back: `4:hokm`.
void AppendText(std::string& bytes, std::string_view text) {
  bytes += fmt::format("{}:", text.size());
  bytes += text;
}

/// Removes and returns a text from the front; nothing if the bytes are not as AppendText wrote
/// them.
std::optional<std::string_view> TakeText(std::string_view& bytes) {
  std::size_t size = 0;
  const char* const end_of_bytes = bytes.data() + bytes.size();
  const auto [end, error] = std::from_chars(bytes.data(), end_of_bytes, size);
  if (error != std::errc{} || end == end_of_bytes || *end != ':') {
    return std::nullopt;
  }
  bytes.remove_prefix(static_cast<std::size_t>(end - bytes.data()) + 1);
  if (size > bytes.size()) {
    return std::nullopt;
  }
  const std::string_view text = bytes.substr(0, size);
  bytes.remove_prefix(size);
  return text;
}

template <typename Pairs>
std::string EncodePairs(const Pairs& pairs) {
  std::string bytes;
  for (const auto& [name, value] : pairs) {
    AppendText(bytes, name);
    AppendText(bytes, value);
  }
  return bytes;
}

/// Calls `add(name, value)` for each pair. Returns false if the bytes are not as EncodePairs wrote
/// them.
template <typename Add>
bool DecodePairs(std::string_view bytes, const Add& add) {
  while (!bytes.empty()) {
    const auto name = TakeText(bytes);
    const auto value = name ? TakeText(bytes) : std::nullopt;
    if (!value) {
      return false;
    }
    add(*name, *value);
  }
  return true;
}

}  // namespace

Value NumberValue(double value) {
  return std::isnan(value) ? Value(nullptr) : Value(value);
}

double NumberAt(const Row& row, int column) {
  return row.IsNull(column) ? std::numeric_limits<double>::quiet_NaN() : row.Real(column);
}

std::string Encode(const Labels& labels) {
  return EncodePairs(labels);
}

std::string Encode(const Texts& texts) {
  return EncodePairs(texts);
}

std::optional<Labels> LabelsAt(const Row& row, int column) {
  std::vector<Label> labels;
  const bool decoded =
      DecodePairs(row.Text(column), [&](std::string_view name, std::string_view value) {
        labels.push_back({std::string(name), std::string(value)});
      });
  return decoded ? std::optional(Labels(labels)) : std::nullopt;
}

std::optional<Texts> TextsAt(const Row& row, int column) {
  Texts texts;
  const bool decoded = DecodePairs(
      row.Text(column),
      [&](std::string_view name, std::string_view value) { texts.emplace(name, value); });
  return decoded ? std::optional(std::move(texts)) : std::nullopt;
}

}  // namespace hakem::state

#include "web/http/accept_header.h"

#include <algorithm>
#include <charconv>

namespace hakem::web {
namespace {

constexpr char Lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

double ParseWeight(std::string_view text) {
  double weight = 0;
  const char* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, weight, std::chars_format::fixed);
  const bool is_weight = parsed.ptr == end && parsed.ec == std::errc() && weight >= 0;
  return is_weight && weight <= 1 ? weight : 0;
}

std::string_view Unquoted(std::string_view text) {
  const bool quoted = text.size() >= 2 && text.front() == '"' && text.back() == '"';
  return quoted ? text.substr(1, text.size() - 2) : text;
}

WeightedItem ParseItem(std::string_view text) {
  WeightedItem item{.name = Trim(TakeUntil(text, ';'))};
  while (!text.empty()) {
    std::string_view value = TakeUntil(text, ';');
    const std::string_view name = Trim(TakeUntil(value, '='));
    if (EqualIgnoringCase(name, "q")) {
      item.weight = ParseWeight(Trim(value));
    } else if (!name.empty()) {
      item.parameters.emplace_back(name, Unquoted(Trim(value)));
    }
  }
  return item;
}

}  // namespace

std::string_view WeightedItem::Parameter(std::string_view wanted) const {
  const auto found = std::find_if(parameters.begin(), parameters.end(), [&](const auto& parameter) {
    return EqualIgnoringCase(parameter.first, wanted);
  });
  return found == parameters.end() ? std::string_view() : found->second;
}

std::vector<WeightedItem> ParseAcceptHeader(std::string_view header) {
  std::vector<WeightedItem> items;
  while (!header.empty()) {
    if (WeightedItem item = ParseItem(TakeUntil(header, ',')); !item.name.empty()) {
      items.push_back(std::move(item));
    }
  }
  return items;
}

bool EqualIgnoringCase(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return Lower(x) == Lower(y); });
}

std::string_view Trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  return first == text.npos ? std::string_view()
                            : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::string_view TakeUntil(std::string_view& rest, char separator) {
  const auto end = std::min(rest.find(separator), rest.size());
  const std::string_view taken = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return taken;
}

}  // namespace hakem::web

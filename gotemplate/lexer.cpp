#include "gotemplate/lexer.h"

#include <fmt/format.h>

#include <algorithm>

namespace hakem::gotemplate {
namespace {

constexpr std::string_view kOpen = "{{";
constexpr std::string_view kClose = "}}";
constexpr std::string_view kSpace = " \t\r\n";

bool IsSpace(char c) {
  return kSpace.find(c) != kSpace.npos;
}

std::string_view TrimLeft(std::string_view text) {
  return text.substr(std::min(text.find_first_not_of(kSpace), text.size()));
}

std::string_view TrimRight(std::string_view text) {
  return text.substr(0, text.find_last_not_of(kSpace) + 1);
}

/// A trim marker is a dash separated from the action by white space: `{{-3}}` is a number.
bool TakeLeftMarker(std::string_view& inside) {
  const bool marked = inside.size() >= 2 && inside[0] == '-' && IsSpace(inside[1]);
  inside.remove_prefix(marked ? 1 : 0);
  return marked;
}

bool TakeRightMarker(std::string_view& inside) {
  const std::size_t size = inside.size();
  const bool marked = size >= 2 && inside[size - 1] == '-' && IsSpace(inside[size - 2]);
  inside.remove_suffix(marked ? 1 : 0);
  return marked;
}

Position PositionAt(std::string_view source, std::size_t offset) {
  const std::string_view before = source.substr(0, offset);
  const std::size_t newline = before.rfind('\n');
  return {.line = 1 + static_cast<int>(std::count(before.begin(), before.end(), '\n')),
          .column = static_cast<int>(newline == before.npos ? offset + 1 : offset - newline)};
}

}  // namespace

Result<std::vector<Piece>> Split(std::string_view source) {
  std::vector<Piece> pieces;
  bool trim_next = false;
  for (std::size_t at = 0; at < source.size();) {
    const std::size_t open = std::min(source.find(kOpen, at), source.size());
    std::string_view text = source.substr(at, open - at);
    text = trim_next ? TrimLeft(text) : text;
    std::string_view inside;
    std::size_t close = source.size();
    bool trim_before = false;
    if (open < source.size()) {
      close = source.find(kClose, open + kOpen.size());
      if (close == source.npos) {
        const Position place = PositionAt(source, open);
        return Fail(ErrorCode::kInvalidInput,
                    fmt::format("{}:{}: \"{{{{\" without \"}}}}\"", place.line, place.column));
      }
      inside = source.substr(open + kOpen.size(), close - open - kOpen.size());
      trim_before = TakeLeftMarker(inside);
      trim_next = TakeRightMarker(inside);
    }
    text = trim_before ? TrimRight(text) : text;
    if (!text.empty()) {
      pieces.push_back({Piece::Kind::kText, text, PositionAt(source, at)});
    }
    if (open < source.size()) {
      pieces.push_back(
          {Piece::Kind::kAction, TrimLeft(TrimRight(inside)), PositionAt(source, open)});
    }
    at = std::min(close + kClose.size(), source.size());
  }
  return pieces;
}

}  // namespace hakem::gotemplate

#include "tsdb/index/literal_pattern.h"

#include <algorithm>
#include <utility>

namespace hakem::tsdb {
namespace {

using Rest = LiteralAlternative::Rest;

/// The most alternatives; more are not worth listing.
constexpr std::size_t kMaxAlternatives = 256;

bool IsQuantifier(char c) {
  return c == '*' || c == '+' || c == '?' || c == '{';
}

/// Parses the literal part of a pattern. When it stops in the middle, it has found the common
/// prefixes and marks the rest as unknown.
class Reader {
 public:
  explicit Reader(std::string_view pattern) : left_(pattern) {}

  std::vector<LiteralAlternative> Read() {
    std::vector<LiteralAlternative> all = Alternatives();
    const bool whole = left_.empty() && !gave_up_;
    if (!whole || all.size() > kMaxAlternatives) {
      return {{"", Rest::kUnknown}};
    }
    return all;
  }

 private:
  std::vector<LiteralAlternative> Alternatives() {
    std::vector<LiteralAlternative> all = Sequence();
    while (!gave_up_ && Take('|')) {
      std::vector<LiteralAlternative> next = Sequence();
      std::move(next.begin(), next.end(), std::back_inserter(all));
    }
    return all;
  }

  /// Parses one alternative: literals and groups, then perhaps an unknown rest.
  std::vector<LiteralAlternative> Sequence() {
    std::vector<LiteralAlternative> found{{"", Rest::kNothing}};
    while (!gave_up_ && !left_.empty() && left_.front() != '|' && left_.front() != ')') {
      if (!Extend(found)) {
        SkipToEnd();
        break;
      }
    }
    return found;
  }

  /// Parses one more piece. Returns false when the rest is unknown, and marks `found` so.
  bool Extend(std::vector<LiteralAlternative>& found) {
    if (left_.front() == '(') {
      return ExtendByGroup(found);
    }
    if (left_.front() == '.') {
      return ExtendByDot(found);
    }
    const std::string_view before = left_;
    const std::string literal = Literal();
    if (literal.empty() || (!left_.empty() && IsQuantifier(left_.front()))) {
      left_ = before;
      return Unknown(found);
    }
    for (LiteralAlternative& alternative : found) {
      alternative.literal += literal;
    }
    return true;
  }

  bool ExtendByGroup(std::vector<LiteralAlternative>& found) {
    const std::string_view before = left_;
    left_.remove_prefix(1);
    if (left_.starts_with("?:")) {
      left_.remove_prefix(2);
    } else if (left_.starts_with("?")) {  // A group name, or flags that change the rest.
      gave_up_ = true;
      return false;
    }
    const std::vector<LiteralAlternative> inner = Alternatives();
    if (gave_up_ || !Take(')')) {
      gave_up_ = true;
      return false;
    }
    const bool all_literal = std::all_of(inner.begin(), inner.end(), [](const auto& alternative) {
      return alternative.rest == Rest::kNothing;
    });
    const bool is_end = left_.empty() || left_.front() == '|' || left_.front() == ')';
    if ((!all_literal && !is_end) || (!left_.empty() && IsQuantifier(left_.front())) ||
        found.size() * inner.size() > kMaxAlternatives) {
      left_ = before;
      return Unknown(found);
    }
    std::vector<LiteralAlternative> product;
    for (const LiteralAlternative& head : found) {
      for (const LiteralAlternative& tail : inner) {
        product.push_back({head.literal + tail.literal, tail.rest});
      }
    }
    found = std::move(product);
    return true;
  }

  /// Parses `.*` or `.+` at the very end.
  bool ExtendByDot(std::vector<LiteralAlternative>& found) {
    const std::string_view after = left_.substr(std::min<std::size_t>(2, left_.size()));
    const bool is_last = after.empty() || after.front() == '|' || after.front() == ')';
    if (is_last && (left_.starts_with(".*") || left_.starts_with(".+"))) {
      for (LiteralAlternative& alternative : found) {
        alternative.rest = left_[1] == '*' ? Rest::kAnything : Rest::kSomething;
      }
      left_ = after;
      return true;
    }
    return Unknown(found);
  }

  static bool Unknown(std::vector<LiteralAlternative>& found) {
    for (LiteralAlternative& alternative : found) {
      alternative.rest = Rest::kUnknown;
    }
    return false;
  }

  /// Parses one literal character with all its bytes; returns "" when it is not literal.
  std::string Literal() {
    std::size_t size = 1;
    if (left_.front() == '\\') {
      const bool is_escaped =
          left_.size() > 1 &&
          std::string_view(R"(\.+*?()|[]{}^$-/"'!#%&,:;<=>@_`~ )").find(left_[1]) !=
              std::string_view::npos;
      std::string literal(is_escaped ? left_.substr(1, 1) : "");
      left_.remove_prefix(is_escaped ? 2 : 0);
      return literal;
    }
    if (std::string_view("^$[]{}*+?").find(left_.front()) != std::string_view::npos) {
      return "";
    }
    while (size < left_.size() && (static_cast<unsigned char>(left_[size]) & 0xc0) == 0x80) {
      ++size;
    }
    std::string literal(left_.substr(0, size));
    left_.remove_prefix(size);
    return literal;
  }

  /// Skips the rest of this alternative.
  void SkipToEnd() {
    int depth = 0;
    while (!left_.empty() && !gave_up_) {
      const char c = left_.front();
      if (depth == 0 && (c == '|' || c == ')')) {
        return;
      }
      gave_up_ = left_.starts_with("\\Q") || (left_.starts_with("(?") && !left_.starts_with("(?:"));
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
      left_.remove_prefix(c == '[' ? ClassSize()
                                   : std::min<std::size_t>(c == '\\' ? 2 : 1, left_.size()));
    }
  }

  /// Returns the length of the character class that begins here.
  std::size_t ClassSize() const {
    std::size_t at = left_.starts_with("[^") ? 2 : 1;
    for (bool first = true; at < left_.size() && (first || left_[at] != ']'); first = false) {
      const std::size_t name_end =
          left_.substr(at).starts_with("[:") ? left_.find(":]", at) : left_.npos;
      at = name_end != left_.npos ? name_end + 2 : at + (left_[at] == '\\' ? 2 : 1);
    }
    return std::min(at + 1, left_.size());
  }

  bool Take(char c) {
    if (left_.empty() || left_.front() != c) {
      return false;
    }
    left_.remove_prefix(1);
    return true;
  }

  std::string_view left_;
  bool gave_up_ = false;
};

}  // namespace

std::vector<LiteralAlternative> LiteralAlternatives(std::string_view pattern) {
  return Reader(pattern).Read();
}

}  // namespace hakem::tsdb

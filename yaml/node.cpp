#include "yaml/node.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

#include "format/quote.h"
#include "model/duration.h"
#include "yaml/content.h"

namespace hakem::yaml {
namespace {

/// Shows only the first line of a value of several lines, which may be a private key.
std::string WithFirstLineOf(std::string_view value, std::string_view message) {
  std::string shown(message);
  const std::size_t line_end = value.find('\n');
  const std::size_t found = line_end == value.npos ? shown.npos : shown.find(value);
  if (found != shown.npos) {
    shown.replace(found + line_end, value.size() - line_end, "…");
  }
  return shown;
}

/// A number as Go's strconv.ParseInt reads it with base 0: `12`, `0x1f`, `0b1`, `0o7`, `07`.
std::optional<std::int64_t> ParseGoInteger(std::string_view text) {
  const bool is_negative = text.starts_with('-');
  if (is_negative || text.starts_with('+')) {
    text.remove_prefix(1);
  }
  int base = 10;
  if (text.size() > 1 && text.front() == '0') {
    const char mark = text[1];
    base = mark == 'x' || mark == 'X' ? 16 : mark == 'b' || mark == 'B' ? 2 : 8;
    text.remove_prefix(base != 8 || mark == 'o' || mark == 'O' ? 2 : 1);
  }
  std::uint64_t size = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, size, base);
  const std::uint64_t most = std::uint64_t{1} << 63U;
  if (error != std::errc{} || rest != end || size > (is_negative ? most : most - 1)) {
    return std::nullopt;
  }
  return static_cast<std::int64_t>(is_negative ? ~size + 1 : size);
}

/// A number with a fraction or an exponent, without the fraction.
std::optional<std::int64_t> ParseFraction(std::string_view text) {
  if (text.starts_with('+')) {
    text.remove_prefix(1);
  }
  const bool is_number = text.find_first_not_of("0123456789.eE+-") == text.npos;
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  constexpr double kMost = 9.2e18;
  if (!is_number || error != std::errc{} || rest != end || std::abs(value) > kMost) {
    return std::nullopt;
  }
  return static_cast<std::int64_t>(value);
}

}  // namespace

std::string ShownKey(std::string_view key) {
  const std::size_t colon = key.find(':');
  return std::string(key.substr(0, colon)) + (colon == key.npos ? "" : ":…");
}

Node::Node(std::shared_ptr<const Content> content) : content_(std::move(content)) {}

Node::Kind Node::kind() const {
  return content_->kind();
}

std::string Node::place() const {
  return fmt::format("{}:{}:{}", *content_->file, content_->line, content_->column);
}

const std::vector<Node>& Node::items() const {
  return content_->items();
}

const std::vector<Node::Entry>& Node::entries() const {
  return content_->entries();
}

const std::string& Node::Entry::key() const {
  return key_node.content_->text();
}

const Node* Node::Find(std::string_view key) const {
  const auto found = std::find_if(entries().begin(), entries().end(),
                                  [&](const Entry& entry) { return entry.key() == key; });
  return found == entries().end() ? nullptr : &found->value;
}

tl::unexpected<Error> Node::Wrong(std::string_view message) const {
  return Fail(ErrorCode::kInvalidInput,
              fmt::format("{}: {}", place(), WithFirstLineOf(content_->text(), message)));
}

Result<Node> Node::Expanded(const Environment& environment) const {
  if (kind() != Kind::kScalar) {
    return *this;
  }
  Result<std::string> text = Expand(content_->text(), environment);
  if (!text) {
    return Wrong(text.error().message);
  }
  auto content = std::make_shared<Content>(*content_);
  content->value = *std::move(text);
  return Node(std::move(content));
}

Result<std::string> Node::Text() const {
  switch (kind()) {
    case Kind::kScalar:
      return content_->text();
    case Kind::kNull:
      return Wrong("expected text, found nothing");
    case Kind::kList:
      return Wrong("expected text, found a list");
    case Kind::kMap:
      return Wrong("expected text, found a map");
  }
  return Wrong("expected text");
}

Result<bool> Node::Boolean() const {
  return Text().and_then([&](const std::string& text) -> Result<bool> {
    if (text == "true" || text == "false") {
      return text == "true";
    }
    return Wrong(fmt::format("\"{}\" is neither true nor false", text));
  });
}

Result<std::int64_t> Node::Integer() const {
  return Text().and_then([&](const std::string& text) -> Result<std::int64_t> {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) {
      return Wrong(fmt::format("\"{}\" is not a whole number", text));
    }
    return value;
  });
}

Result<std::int64_t> Node::GoInteger() const {
  return Text().and_then([&](std::string text) -> Result<std::int64_t> {
    if (content_->is_quoted) {
      return Wrong(fmt::format("{} is text, because it is in quotes: write the number without them",
                               Quote(text)));
    }
    const std::string written = text;
    std::erase(text, '_');
    std::optional<std::int64_t> value = ParseGoInteger(text);
    value = value ? value : ParseFraction(text);
    return value ? Result<std::int64_t>(*value)
                 : Wrong(fmt::format("\"{}\" is not a whole number", written));
  });
}

Result<double> Node::Number() const {
  return Text().and_then([&](const std::string& text) -> Result<double> {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) {
      return Wrong(fmt::format("\"{}\" is not a number", text));
    }
    return value;
  });
}

Result<Duration> Node::Length() const {
  return Text().and_then([&](const std::string& text) -> Result<Duration> {
    Result<Duration> duration = ParseDuration(text);
    if (!duration) {
      return Wrong(duration.error().message);
    }
    return duration;
  });
}

}  // namespace hakem::yaml

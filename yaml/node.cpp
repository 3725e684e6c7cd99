#include "yaml/node.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "model/duration.h"

namespace hakem::yaml {

struct Node::Content {
  Kind kind = Kind::kNull;
  std::string place;
  std::string text;
  std::vector<Node> items;
  std::vector<Entry> entries;
};

namespace {

constexpr int kDeepest = 100;                // No real configuration nests deeper.
constexpr std::size_t kMostNodes = 300'000;  // A few lines with aliases could expand to billions.

std::string Place(std::string_view file, const YAML::Mark& mark) {
  return fmt::format("{}:{}:{}", file, mark.line + 1, mark.column + 1);
}

/// Whether it is a plain `null`, `~` or nothing. A quoted "null" is text.
bool IsNothing(const YAML::Node& node) {
  return node.IsNull() ||
         (node.IsScalar() && node.Tag() == "?" &&
          (node.Scalar().empty() || node.Scalar() == "~" || node.Scalar() == "null"));
}

/// What yaml-cpp reports, without the text of the file that it may append after a colon: a password
/// that begins with `*` and lacks quotes is the name of an anchor for it.
std::string_view Complaint(const YAML::Exception& error) {
  return std::string_view(error.msg).substr(0, error.msg.find(": "));
}

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

}  // namespace

std::string ShownKey(std::string_view key) {
  const std::size_t colon = key.find(':');
  return std::string(key.substr(0, colon)) + (colon == key.npos ? "" : ":…");
}

/// Converts yaml-cpp's tree into Nodes. Refuses what yaml-cpp accepts: duplicate keys, keys that
/// are not text, and endless nesting (an alias may refer to a node that contains it).
class Reader {
 public:
  explicit Reader(std::string_view file) : file_(file) {}

  Result<Node> Read(const YAML::Node& node, int depth = 0) {
    auto content = std::make_shared<Node::Content>();
    content->place = Place(file_, node.Mark());
    if (depth > kDeepest) {
      return Fail(ErrorCode::kInvalidInput, content->place + ": nested too deeply");
    }
    if (++nodes_ > kMostNodes) {
      return Fail(ErrorCode::kInvalidInput,
                  fmt::format("{}: more than {} values after aliases are expanded", content->place,
                              kMostNodes));
    }
    if (IsNothing(node)) {
      content->kind = Node::Kind::kNull;
    } else if (node.IsScalar()) {
      content->kind = Node::Kind::kScalar;
      content->text = node.Scalar();
    } else if (node.IsSequence()) {
      content->kind = Node::Kind::kList;
      for (const YAML::Node& item : node) {
        Result<Node> read = Read(item, depth + 1);
        if (!read) {
          return read;
        }
        content->items.push_back(*std::move(read));
      }
    } else {
      content->kind = Node::Kind::kMap;
      for (const auto& pair : node) {
        Result<Node::Entry> entry = ReadEntry(pair.first, pair.second, content->entries, depth);
        if (!entry) {
          return Fail(entry.error());
        }
        content->entries.push_back(*std::move(entry));
      }
    }
    return Node(std::move(content));
  }

 private:
  Result<Node::Entry> ReadEntry(const YAML::Node& key, const YAML::Node& value,
                                const std::vector<Node::Entry>& before, int depth) {
    Result<Node> key_node = Read(key, depth + 1);
    if (!key_node) {
      return Fail(key_node.error());
    }
    if (key_node->kind() != Node::Kind::kScalar) {
      return key_node->Wrong("a key must be plain text");
    }
    const std::string& name = key.Scalar();
    const auto same = std::find_if(before.begin(), before.end(),
                                   [&](const Node::Entry& entry) { return entry.key == name; });
    if (same != before.end()) {
      return key_node->Wrong(fmt::format("the key \"{}\" is given twice, first at {}",
                                         ShownKey(name), same->key_node.place()));
    }
    Result<Node> read = Read(value, depth + 1);
    if (!read) {
      return Fail(read.error());
    }
    return Node::Entry{name, *std::move(key_node), *std::move(read)};
  }

  std::string_view file_;
  std::size_t nodes_ = 0;
};

Node::Node(std::shared_ptr<const Content> content) : content_(std::move(content)) {}

Result<Node> Node::Parse(std::string_view text, std::string_view file) {
  try {
    return Reader(file).Read(YAML::Load(std::string(text)));
  } catch (const YAML::Exception& error) {
    return Fail(ErrorCode::kInvalidInput,
                fmt::format("{}: not YAML: {}", Place(file, error.mark), Complaint(error)));
  }
}

Node::Kind Node::kind() const {
  return content_->kind;
}

std::string Node::place() const {
  return content_->place;
}

const std::vector<Node>& Node::items() const {
  return content_->items;
}

const std::vector<Node::Entry>& Node::entries() const {
  return content_->entries;
}

const Node* Node::Find(std::string_view key) const {
  const auto found = std::find_if(entries().begin(), entries().end(),
                                  [&](const Entry& entry) { return entry.key == key; });
  return found == entries().end() ? nullptr : &found->value;
}

tl::unexpected<Error> Node::Wrong(std::string_view message) const {
  return Fail(ErrorCode::kInvalidInput,
              fmt::format("{}: {}", place(), WithFirstLineOf(content_->text, message)));
}

Result<Node> Node::Expanded(const Environment& environment) const {
  if (kind() != Kind::kScalar) {
    return *this;
  }
  Result<std::string> text = Expand(content_->text, environment);
  if (!text) {
    return Wrong(text.error().message);
  }
  auto content = std::make_shared<Content>(*content_);
  content->text = *std::move(text);
  return Node(std::move(content));
}

Result<std::string> Node::Text() const {
  switch (kind()) {
    case Kind::kScalar:
      return content_->text;
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

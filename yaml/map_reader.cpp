#include "yaml/map_reader.h"

#include <fmt/format.h>

#include <unordered_set>
#include <utility>

#include "format/nearest_name.h"

namespace hakem::yaml {
namespace {

/// The message about a key that nobody reads.
std::string UnknownKey(std::string_view key, const std::vector<std::string_view>& known) {
  return fmt::format(
      "unknown key \"{}\"{}", ShownKey(key),
      key.find(':') == key.npos ? DidYouMean(key, known) : ": a blank must follow the colon");
}

}  // namespace

MapReader::MapReader(const Node& node, const Environment* environment, const ReadingMode& mode)
    : node_(node), environment_(environment), mode_(mode) {
  if (node.kind() != Node::Kind::kMap && node.kind() != Node::Kind::kNull) {
    Wrong(node, "expected a map of keys and values");
  }
}

const Node* MapReader::Take(std::string_view key) {
  known_.push_back(key);
  const Node* value = goes_on() ? node_.Find(key) : nullptr;
  return value != nullptr && value->kind() != Node::Kind::kNull ? value : nullptr;
}

void MapReader::Keep(Error error) {
  if (!goes_on()) {
    return;
  }
  for (const Expansion& expansion : expansions_) {
    for (std::size_t at = error.message.find(expansion.value); at != error.message.npos;
         at = error.message.find(expansion.value, at + expansion.written.size())) {
      error.message.replace(at, expansion.value.size(), expansion.written);
    }
  }
  if (mode_.all_errors != nullptr) {
    mode_.all_errors->push_back(error);
    if (mode_.all_errors->size() == kMostErrors) {
      mode_.all_errors->push_back(
          node_.Wrong(fmt::format("there may be more than these {} errors", kMostErrors)).value());
    }
  }
  if (result_) {
    result_ = Fail(std::move(error));
  }
}

/// Reads a map in this one. Returns whether to go on. What is wrong in it is in all_errors already.
bool MapReader::ReadInner(const Node& node, const std::function<void(MapReader&)>& read) {
  MapReader inner(node, environment_, mode_);
  read(inner);
  Result<void> finished = inner.Finish();
  if (!finished && mode_.all_errors == nullptr) {
    Keep(finished.error());
  } else if (!finished && result_) {
    result_ = std::move(finished);
  }
  return goes_on();
}

Result<Node> MapReader::Expanded(const Node& value) {
  constexpr std::size_t kShortest = 4;  // Shorter values also occur in ordinary words.
  if (environment_ == nullptr) {
    return value;
  }
  Result<Node> expanded = value.Expanded(*environment_);
  if (expanded && expanded->kind() == Node::Kind::kScalar) {
    const std::string text = expanded->Text().value_or("");
    const std::string written = value.Text().value_or("");
    if (text != written && text.size() >= kShortest) {
      expansions_.push_back({text, written});
      if (const std::size_t line_end = text.find('\n'); line_end != text.npos) {
        expansions_.push_back({text.substr(0, line_end) + "…", written});  // As Wrong shows it.
      }
    }
  }
  return expanded;
}

void MapReader::Wrong(const Node& node, std::string_view message) {
  Keep(node.Wrong(message).value());
}

const Node& MapReader::At(std::string_view key) const {
  const Node* value = node_.Find(key);
  return value == nullptr ? node_ : *value;
}

template <typename T>
void MapReader::Scalar(std::string_view key, T& target, Result<T> (Node::*as)() const) {
  const Node* value = Take(key);
  if (value == nullptr) {
    return;
  }
  const Result<Node> expanded = Expanded(*value);
  Result<T> read = expanded ? ((*expanded).*as)() : Result<T>(Fail(expanded.error()));
  if (read) {
    target = *std::move(read);
  } else {
    Keep(read.error());
  }
}

void MapReader::Text(std::string_view key, std::string& target) {
  Scalar(key, target, &Node::Text);
}

void MapReader::Boolean(std::string_view key, bool& target) {
  Scalar(key, target, &Node::Boolean);
}

void MapReader::Integer(std::string_view key, std::int64_t& target) {
  Scalar(key, target, &Node::Integer);
}

void MapReader::Number(std::string_view key, double& target) {
  Scalar(key, target, &Node::Number);
}

void MapReader::Length(std::string_view key, Duration& target) {
  Scalar(key, target, &Node::Length);
}

void MapReader::Texts(std::string_view key, std::vector<std::string>& target) {
  const Node* list = Take(key);
  if (list == nullptr) {
    return;
  }
  if (list->kind() != Node::Kind::kList) {
    return Wrong(*list, "expected a list");
  }
  target.clear();
  for (const Node& item : list->items()) {
    const Result<Node> expanded = Expanded(item);
    Result<std::string> text = expanded.and_then([](const Node& node) { return node.Text(); });
    if (!text) {
      return Keep(text.error());
    }
    target.push_back(*std::move(text));
  }
}

void MapReader::Map(std::string_view key, const std::function<void(MapReader&)>& read) {
  if (const Node* value = Take(key)) {
    ReadInner(*value, read);
  }
}

void MapReader::Maps(std::string_view key, const std::function<void(MapReader&)>& read) {
  const Node* list = Take(key);
  if (list == nullptr) {
    return;
  }
  if (list->kind() != Node::Kind::kList) {
    return Wrong(*list, "expected a list");
  }
  for (const Node& item : list->items()) {
    if (!ReadInner(item, read)) {
      return;
    }
  }
}

void MapReader::Named(std::string_view key,
                      const std::function<void(const Node::Entry&, MapReader&)>& read) {
  const Node* map = Take(key);
  if (map == nullptr) {
    return;
  }
  if (map->kind() != Node::Kind::kMap) {
    return Wrong(*map, "expected a map of keys and values");
  }
  for (const Node::Entry& entry : map->entries()) {
    if (!ReadInner(entry.value, [&](MapReader& inner) { read(entry, inner); })) {
      return;
    }
  }
}

void MapReader::Any(std::string_view key, const std::function<Result<void>(const Node&)>& read) {
  if (const Node* value = Take(key)) {
    if (Result<void> done = read(*value); !done) {
      Keep(done.error());
    }
  }
}

Result<void> MapReader::Finish() {
  if (!mode_.ignores_unknown_keys && !std::exchange(has_found_unknown_keys_, true)) {
    FindUnknownKeys();
  }
  return result_;
}

void MapReader::FindUnknownKeys() {
  const std::unordered_set<std::string_view> known(known_.begin(), known_.end());
  for (const Node::Entry& entry : node_.entries()) {
    if (!goes_on()) {
      return;
    }
    if (!known.contains(entry.key())) {
      Wrong(entry.key_node, UnknownKey(entry.key(), known_));
    }
  }
}

}  // namespace hakem::yaml

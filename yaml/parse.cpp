#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <sstream>
#include <unordered_map>
#include <utility>

#include "yaml/content.h"
#include "yaml/excess.h"
#include "yaml/node.h"

namespace hakem::yaml {
namespace {

constexpr std::size_t kDeepest = 100;  // No real configuration nests deeper.

/// A file has no more values than bytes, unless a few lines with aliases expand to billions. More
/// than the second number would take too much memory: a rule file of 16 MiB has half as many.
constexpr std::size_t kMostOfASmallFile = 300'000;
constexpr std::size_t kMostOfALargeFile = 2'000'000;

/// A plain key with this text, or any with this tag, adds the entries of other maps to its map.
constexpr std::string_view kMergeKey = "<<";
constexpr std::string_view kMergeTag = "tag:yaml.org,2002:merge";

std::string Place(std::string_view file, const YAML::Mark& mark) {
  return fmt::format("{}:{}:{}", file, mark.line + 1, mark.column + 1);
}

/// Whether it is a plain `null`, `~` or nothing. A quoted "null" is text.
bool IsNothing(const std::string& tag, const std::string& text) {
  return tag == "?" && (text.empty() || text == "~" || text == "null");
}

/// Ends yaml-cpp's reading of a text that it would accept.
struct Refusal {
  Error error;
};

[[noreturn]] void Refuse(Error error) {
  throw Refusal{std::move(error)};
}

/// What yaml-cpp reports, without the text of the file that it may append after a colon: a password
/// that begins with `*` and lacks quotes is the name of an anchor for it.
std::string_view Complaint(const YAML::Exception& error) {
  return std::string_view(error.msg).substr(0, error.msg.find(": "));
}

/// Whether a quote that `mark` points to is never closed, which yaml-cpp accepts where the text
/// ends with a line break.
bool IsUnclosedQuote(std::string_view text, const YAML::Mark& mark) {
  const std::size_t begin = mark.pos < 0 ? text.size() : static_cast<std::size_t>(mark.pos);
  const char quote = begin < text.size() ? text[begin] : '\0';
  if (quote != '"' && quote != '\'') {
    return false;
  }
  for (std::size_t i = begin + 1; i < text.size(); ++i) {
    const bool is_escape = quote == '"' ? text[i] == '\\' : text.substr(i).starts_with("''");
    if (is_escape) {
      ++i;
    } else if (text[i] == quote) {
      return false;
    }
  }
  return true;
}

}  // namespace

/// Builds Nodes from what yaml-cpp reads. Refuses what yaml-cpp accepts: duplicate keys, keys that
/// are not text, too many values, and deep or endless nesting (an alias may refer to a value that
/// contains it).
class Reader final : public YAML::EventHandler {
 public:
  Reader(std::string_view file, std::size_t most_values)
      : file_(std::make_shared<const std::string>(file)), most_values_(most_values) {}

  void OnDocumentStart(const YAML::Mark& /*mark*/) override {}

  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Add(Make<std::monostate>(mark), anchor);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    last_scalar_ = mark;
    if (IsNothing(tag, value)) {
      return OnNull(mark, anchor);
    }
    auto content = Make<std::string>(mark, value);
    content->is_quoted = tag == "!";
    if (ExpectsKey() && value == kMergeKey && (tag == "?" || tag == kMergeTag)) {
      open_.back().merge_key = content;
    }
    Add(std::move(content), anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) {
      Refuse({ErrorCode::kInvalidInput, Place(*file_, mark) + ": nested in itself"});
    }
    const Node& node = found->second;
    if (ExpectsValueToMerge() && node.kind() != Node::Kind::kMap) {
      RefuseToMerge(node);
    }
    Count(node, node.content_->values);
    AddToParent(node);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    Open(Make<std::vector<Node>>(mark), anchor);
  }

  void OnSequenceEnd() override { Close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    Open(Make<std::vector<Node::Entry>>(mark), anchor);
  }

  void OnMapEnd() override {
    Merge();
    Close();
  }

  /// Where the last text, number or quote of the document begins.
  const YAML::Mark& last_scalar() const { return last_scalar_; }

  /// The value of the document; a null if there was none.
  Node TakeRoot() { return root_ ? *std::move(root_) : Node(Make<std::monostate>(YAML::Mark())); }

 private:
  /// A list or map that is being read.
  struct OpenNode {
    std::shared_ptr<Node::Content> content;
    YAML::anchor_t anchor;
    std::optional<Node> key = {};  ///< A map's key whose value comes next.
    /// The keys of a map so far, and their entries.
    std::unordered_map<std::string_view, std::size_t> entry_of = {};
    std::shared_ptr<const Node::Content> merge_key = {};  ///< The key `<<` of a map, if it has one.
  };

  /// `Part`: what the variant is to have.
  template <typename Part>
  std::shared_ptr<Node::Content> Make(const YAML::Mark& mark, Part part = {}) const {
    auto content = std::make_shared<Node::Content>();
    content->file = file_;
    content->line = mark.line + 1;
    content->column = mark.column + 1;
    content->value = std::move(part);
    return content;
  }

  /// Checks the limits for a value that is about to be added.
  void Count(const Node& node, std::size_t values) {
    if (open_.size() + node.content_->height > kDeepest) {
      Refuse({ErrorCode::kInvalidInput, node.place() + ": nested too deeply"});
    }
    values_ += values;
    if (values_ > most_values_) {
      Refuse({ErrorCode::kInvalidInput,
              fmt::format("{}: more than {} values after aliases are expanded", node.place(),
                          most_values_)});
    }
  }

  void Open(std::shared_ptr<Node::Content> content, YAML::anchor_t anchor) {
    Count(Node(content), 1);
    open_.push_back({.content = std::move(content), .anchor = anchor});
  }

  void Close() {
    OpenNode closed = std::move(open_.back());
    open_.pop_back();
    Keep(Node(std::move(closed.content)), closed.anchor);
  }

  /// Adds a value that has no others in it.
  void Add(std::shared_ptr<Node::Content> content, YAML::anchor_t anchor) {
    const Node node(std::move(content));
    Count(node, 1);
    Keep(node, anchor);
  }

  void Keep(const Node& node, YAML::anchor_t anchor) {
    if (anchor != YAML::NullAnchor) {
      anchors_.insert_or_assign(anchor, node);
    }
    AddToParent(node);
  }

  void AddToParent(const Node& node) {
    if (open_.empty()) {
      root_ = node;
      return;
    }
    OpenNode& parent = open_.back();
    Node::Content& content = *parent.content;
    Raise(content, node);
    content.values += node.content_->values;
    if (content.kind() == Node::Kind::kList) {
      std::get<std::vector<Node>>(content.value).push_back(node);
    } else if (!parent.key) {
      CheckKey(parent, node);
      parent.key = node;
    } else {
      auto& entries = std::get<std::vector<Node::Entry>>(content.value);
      parent.entry_of.emplace(parent.key->content_->text(), entries.size());
      entries.push_back({*parent.key, node});
      parent.key.reset();
    }
  }

  static void CheckKey(const OpenNode& map, const Node& key) {
    if (key.kind() != Node::Kind::kScalar) {
      Refuse(key.Wrong("a key must be plain text").value());
    }
    const std::string& name = key.content_->text();
    if (const auto same = map.entry_of.find(name); same != map.entry_of.end()) {
      const Node& first = map.content->entries()[same->second].key_node;
      Refuse(key.Wrong(fmt::format("the key \"{}\" is given twice, first at {}", ShownKey(name),
                                   first.place()))
                 .value());
    }
  }

  /// Makes a list or map at least as high as one of its values makes it.
  static void Raise(Node::Content& content, const Node& value) {
    content.height =
        std::max(content.height, static_cast<std::uint8_t>(value.content_->height + 1));
  }

  /// Whether a key of a map comes next.
  bool ExpectsKey() const {
    return !open_.empty() && open_.back().content->kind() == Node::Kind::kMap && !open_.back().key;
  }

  /// Whether the value of the key `<<` comes next.
  bool ExpectsValueToMerge() const {
    return !open_.empty() && open_.back().key && open_.back().merge_key != nullptr &&
           open_.back().key->content_ == open_.back().merge_key;
  }

  [[noreturn]] static void RefuseToMerge(const Node& value) {
    Refuse(value.Wrong("the key \"<<\" needs a map or a list of maps").value());
  }

  /// Replaces the entry `<<` of the map that ends by those that it stands for.
  void Merge() {
    OpenNode& map = open_.back();
    if (map.merge_key == nullptr) {
      return;
    }
    auto& entries = std::get<std::vector<Node::Entry>>(map.content->value);
    const auto merged = std::find_if(entries.begin(), entries.end(), [&](const auto& entry) {
      return entry.key_node.content_ == map.merge_key;
    });
    const Node value = merged->value;
    entries.erase(merged);
    map.content->values -= value.content_->values + 1;
    map.content->height = 0;
    for (const Node::Entry& entry : entries) {
      Raise(*map.content, entry.value);
    }
    if (value.kind() == Node::Kind::kMap) {
      return MergeMap(value, map);
    }
    if (value.kind() != Node::Kind::kList) {
      RefuseToMerge(value);
    }
    for (const Node& item : value.items()) {
      MergeMap(item, map);
    }
  }

  /// Adds the entries whose keys the map does not have.
  void MergeMap(const Node& added, OpenNode& map) {
    if (added.kind() != Node::Kind::kMap) {
      RefuseToMerge(added);
    }
    auto& entries = std::get<std::vector<Node::Entry>>(map.content->value);
    for (const Node::Entry& entry : added.entries()) {
      if (map.entry_of.emplace(entry.key(), entries.size()).second) {
        const std::uint32_t values = entry.value.content_->values + 1;
        Count(entry.value, values);
        map.content->values += values;
        Raise(*map.content, entry.value);
        entries.push_back(entry);
      }
    }
  }

  const std::shared_ptr<const std::string> file_;
  const std::size_t most_values_;
  std::size_t values_ = 0;
  std::vector<OpenNode> open_;  ///< From the root to the innermost one.
  std::unordered_map<YAML::anchor_t, Node> anchors_;
  std::optional<Node> root_;
  YAML::Mark last_scalar_ = YAML::Mark::null_mark();
};

Result<Node> Node::Parse(std::string_view text, std::string_view file) {
  if (std::optional<Error> excess = FindExcess(text, file)) {
    return Fail(*std::move(excess));
  }
  try {
    Reader reader(file, std::clamp(text.size(), kMostOfASmallFile, kMostOfALargeFile));
    std::istringstream input{std::string(text)};
    YAML::Parser(input).HandleNextDocument(reader);
    if (const YAML::Mark last = reader.last_scalar(); IsUnclosedQuote(text, last)) {
      return Fail(ErrorCode::kInvalidInput,
                  fmt::format("{}: not YAML: the quote is not closed", Place(file, last)));
    }
    return reader.TakeRoot();
  } catch (const Refusal& refusal) {
    return Fail(refusal.error);
  } catch (const YAML::Exception& error) {
    return Fail(ErrorCode::kInvalidInput,
                fmt::format("{}: not YAML: {}", Place(file, error.mark), Complaint(error)));
  }
}

}  // namespace hakem::yaml

#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "model/result.h"
#include "model/time.h"
#include "yaml/expand.h"

namespace hakem::yaml {

/// A key as messages show it. `{password:x}` is a key without a value in YAML: what follows its
/// colon may be a secret, and becomes "…".
std::string ShownKey(std::string_view key);

/// A value in a YAML file and its position. Scalars are text until they are read as a type: `010`
/// is never 8 and `yes` is never true. Immutable, cheap to copy.
class Node {
 public:
  enum class Kind { kNull, kScalar, kList, kMap };
  struct Entry;

  /// Parses the first document of `text`. Keys of a map must be plain text and unique. The key `<<`
  /// adds the entries of the map, or of the list of maps, that is its value: those whose keys the
  /// map does not have; the first map of a list that has a key gives its value.
  /// Errors: kInvalidInput, `file:line:column: …`: it is not YAML, nests more than a hundred
  /// levels, or has more values than any file of its size without aliases.
  static Result<Node> Parse(std::string_view text, std::string_view file);

  Kind kind() const;

  /// Its position in the file: `hakem.yml:3:5`, counted from 1.
  std::string place() const;

  /// The elements of a list; empty for other kinds.
  const std::vector<Node>& items() const;

  /// The entries of a map in the file's order, then those that `<<` adds; empty for other kinds.
  const std::vector<Entry>& entries() const;

  /// Returns the value of a key of a map; null when there is none.
  const Node* Find(std::string_view key) const;

  // Convert a scalar to a type. Errors: kInvalidInput with the position and the text, when it
  // cannot be converted.
  Result<std::string> Text() const;
  Result<bool> Boolean() const;  ///< `true` or `false`.
  Result<std::int64_t> Integer() const;
  /// As Go's YAML reader has it: never in quotes. `010` is 8, `0x10` is 16, `1_000` is 1000, and a
  /// fraction is cut off.
  Result<std::int64_t> GoInteger() const;
  Result<double> Number() const;
  Result<Duration> Length() const;  ///< `30s`, `5m`, `1h30m`.

  /// Returns the scalar with its environment variables expanded.
  /// Errors: those of Expand, with the position.
  Result<Node> Expanded(const Environment& environment) const;

  /// Makes an error with the message `place: message`.
  tl::unexpected<Error> Wrong(std::string_view message) const;

 private:
  struct Content;
  friend class Reader;
  explicit Node(std::shared_ptr<const Content> content);

  std::shared_ptr<const Content> content_;
};

struct Node::Entry {
  /// The key's text. It lives as long as a copy of `key_node`.
  const std::string& key() const;

  Node key_node;
  Node value;
};

}  // namespace hakem::yaml

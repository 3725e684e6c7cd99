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

/// A value in a YAML file that knows where it stands. Scalars are text until somebody asks for a
/// type: `010` is never 8 and `yes` is never true. Immutable, cheap to copy.
class Node {
 public:
  enum class Kind { kNull, kScalar, kList, kMap };
  struct Entry;

  /// Reads the first document of `text`. Keys of a map must be plain text and stand in it once.
  /// Errors: kInvalidInput, `file:line:column: …`.
  static Result<Node> Parse(std::string_view text, std::string_view file);

  Kind kind() const;

  /// `hakem.yml:3:5`, counted from 1.
  std::string place() const;

  /// Empty unless kList.
  const std::vector<Node>& items() const;

  /// In the file's order; empty unless kMap.
  const std::vector<Entry>& entries() const;

  /// The value under a key; null when there is none.
  const Node* Find(std::string_view key) const;

  // The scalar as a type. Errors: kInvalidInput with the place and the text, when it is no such
  // thing.
  Result<std::string> Text() const;
  Result<bool> Boolean() const;  ///< `true` or `false`.
  Result<std::int64_t> Integer() const;
  Result<double> Number() const;
  Result<Duration> Length() const;  ///< `30s`, `5m`, `1h30m`.

  /// The same scalar with its environment variables replaced.
  /// Errors: kInvalidInput as Expand's, with the place.
  Result<Node> Expanded(const Environment& environment) const;

  /// `place: message`.
  tl::unexpected<Error> Wrong(std::string_view message) const;

 private:
  struct Content;
  friend class Reader;
  explicit Node(std::shared_ptr<const Content> content);

  std::shared_ptr<const Content> content_;
};

struct Node::Entry {
  std::string key;
  Node key_node;  ///< For its place.
  Node value;
};

}  // namespace hakem::yaml

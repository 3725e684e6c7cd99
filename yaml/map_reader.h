#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "model/result.h"
#include "yaml/expand.h"
#include "yaml/node.h"

namespace hakem::yaml {

/// Reads a map strictly: each call names a key and where its value goes; a key that no call has
/// named is an error in the end, with the nearest known one. A key that is absent, or null, leaves
/// its target as it is. After the first error the calls do nothing; Finish tells it.
///
///   MapReader reader(node, environment);
///   reader.Text("name", target.name);
///   reader.Map("lanes", [&](MapReader& lanes) { lanes.Length("fast", options.fast); });
///   return reader.Finish();
class MapReader {
 public:
  /// `node` outlives the reader. Variables in scalars are expanded by `environment` when there is
  /// one.
  explicit MapReader(const Node& node, const Environment* environment = nullptr);

  void Text(std::string_view key, std::string& target);
  void Boolean(std::string_view key, bool& target);
  void Integer(std::string_view key, std::int64_t& target);
  void Number(std::string_view key, double& target);
  void Length(std::string_view key, Duration& target);
  void Texts(std::string_view key, std::vector<std::string>& target);

  /// A map inside: `read` names its keys; its Finish is called here.
  void Map(std::string_view key, const std::function<void(MapReader&)>& read);

  /// A list of maps: `read` is called for each.
  void Maps(std::string_view key, const std::function<void(MapReader&)>& read);

  /// A map whose keys are names that the file chooses: `read` gets each with its value, itself a
  /// map.
  void Named(std::string_view key, const std::function<void(const Node::Entry&, MapReader&)>& read);

  /// Whatever else: `read` gets the value when the key is there.
  void Any(std::string_view key, const std::function<Result<void>(const Node&)>& read);

  /// Adds an error that the caller found in this map; the first one counts. Where its message
  /// repeats a value that came from the environment, it shows `${NAME}` instead.
  void Wrong(const Node& node, std::string_view message);

  /// The value under a key, for its place; this map itself when the key is absent.
  const Node& At(std::string_view key) const;

  /// Errors: kInvalidInput: the first thing that was wrong, with its place.
  Result<void> Finish();

 private:
  /// A value that came from the environment, perhaps a secret, and what the file has for it.
  struct Expansion {
    std::string value;
    std::string written;
  };

  const Node* Take(std::string_view key);
  Result<Node> Expanded(const Node& value);
  void Keep(Error error);
  template <typename T>
  void Scalar(std::string_view key, T& target, Result<T> (Node::*as)() const);

  const Node& node_;
  const Environment* environment_;
  std::vector<std::string_view> known_;
  std::vector<Expansion> expansions_;
  Result<void> result_;
};

}  // namespace hakem::yaml

#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "model/result.h"
#include "yaml/expand.h"
#include "yaml/node.h"

namespace hakem::yaml {

/// The most errors that readers of one file report. One more then says that there may be others.
inline constexpr std::size_t kMostErrors = 1000;

/// How MapReaders treat mistakes. All readers of one file share it.
struct ReadingMode {
  bool ignores_unknown_keys = false;  ///< Whether keys that no call has named are skipped.
  /// Gets every error, in the order in which they are found, up to kMostErrors; reading goes on
  /// after each. Null: reading ends with the first error.
  std::vector<Error>* all_errors = nullptr;
};

/// Reads a map strictly. Each call names a key and the variable for its value. Finish reports keys
/// that no call has named by then, with the nearest known name. A key that is absent or null leaves
/// its variable unchanged. After the first error further calls do nothing; Finish returns it.
///
///   MapReader reader(node, environment);
///   reader.Text("name", target.name);
///   reader.Map("lanes", [&](MapReader& lanes) { lanes.Length("fast", options.fast); });
///   return reader.Finish();
class MapReader {
 public:
  /// `node` must outlive the reader. `environment` expands variables in scalars; null: none are.
  explicit MapReader(const Node& node, const Environment* environment = nullptr,
                     const ReadingMode& mode = {});

  void Text(std::string_view key, std::string& target);
  void Boolean(std::string_view key, bool& target);
  void Integer(std::string_view key, std::int64_t& target);
  void Number(std::string_view key, double& target);
  void Length(std::string_view key, Duration& target);
  void Texts(std::string_view key, std::vector<std::string>& target);

  /// Reads a nested map: `read` names its keys. Its Finish is called here.
  void Map(std::string_view key, const std::function<void(MapReader&)>& read);

  /// Reads a list of maps: `read` is called for each of them.
  void Maps(std::string_view key, const std::function<void(MapReader&)>& read);

  /// Reads a map whose keys are names chosen in the file: `read` is called for each key and its
  /// value, which must be a map.
  void Named(std::string_view key, const std::function<void(const Node::Entry&, MapReader&)>& read);

  /// Reads any other value: `read` is called with it when the key is present.
  void Any(std::string_view key, const std::function<Result<void>(const Node&)>& read);

  /// Reports an error that the caller has found in this map; only the first one is kept. Values
  /// from the environment are replaced by `${NAME}` in the message.
  void Wrong(const Node& node, std::string_view message);

  /// Reports an error that has its position already.
  void Keep(Error error);

  /// Returns the value of a key, for its position in the file; this map when the key is absent.
  const Node& At(std::string_view key) const;

  /// Returns the first error, with its position in the file. May be called early, to know whether
  /// all is well so far. Errors: kInvalidInput.
  Result<void> Finish();

 private:
  /// A value from the environment, perhaps a secret, and the text in the file that it replaced.
  struct Expansion {
    std::string value;
    std::string written;
  };

  const Node* Take(std::string_view key);
  Result<Node> Expanded(const Node& value);
  bool ReadInner(const Node& node, const std::function<void(MapReader&)>& read);
  void FindUnknownKeys();

  bool goes_on() const {
    return result_ || (mode_.all_errors != nullptr && mode_.all_errors->size() < kMostErrors);
  }

  template <typename T>
  void Scalar(std::string_view key, T& target, Result<T> (Node::*as)() const);

  const Node& node_;
  const Environment* environment_;
  const ReadingMode mode_;
  std::vector<std::string_view> known_;
  bool has_found_unknown_keys_ = false;  ///< They are reported once.
  std::vector<Expansion> expansions_;
  Result<void> result_;
};

}  // namespace hakem::yaml

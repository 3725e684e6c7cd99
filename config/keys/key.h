#pragma once

#include <concepts>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "config/keys/yaml_value.h"

namespace hakem::yaml {
class MapReader;
}

namespace hakem::config {

/// Where the value of a key is read from.
struct KeySource {
  yaml::MapReader& reader;  ///< Reads the map in which the key stands.
  std::string_view name;    ///< The key's name in that map: the last part of its path.
  std::string_view folder;  ///< The folder of the file: paths in the file are relative to it.

  /// Reports an error at the place of the value: `file:line:column: message`.
  void Wrong(std::string_view message) const;
};

/// How the value of one key is read into a member of its owner, printed and compared.
template <typename Owner>
struct KeyAccess {
  /// Reads the value if the key is there, and reports an invalid one to the source.
  void (*read)(const KeySource& source, Owner& owner);
  /// Returns the value as YAML; an empty one is not shown.
  YamlValue (*print)(const Owner& owner);
  /// Whether two configurations have the same value for this key. Null for a key whose values
  /// cannot be compared, such as a list of maps.
  bool (*equal)(const Owner& one, const Owner& other);
  /// Appends the paths of all keys below a key that holds other keys. Null for a single value.
  void (*list_paths)(const std::string& path, std::vector<std::string>& paths);
};

/// One key of hakem.yml: a row of a table from which the key is read, shown and documented.
template <typename Owner>
struct Key {
  std::string_view path;  ///< Below the owner, with dots: `lanes.fast`.
  KeyAccess<Owner> access;
  bool needs_restart = false;  ///< Whether a change takes effect only at the next start.
  /// If only a part of the change waits for the next start: for what, `the HTTP API`.
  std::string_view restart_scope = {};
  std::string_view if_empty = {};  ///< What counts if the value is empty, as a comment.
  /// Returns what is wrong with the value in view of keys read before it; "" if nothing is.
  std::string (*check)(const Owner& owner) = nullptr;
  /// Whether this owner has the key; null if every owner has it.
  bool (*applies)(const Owner& owner) = nullptr;
};

template <typename Owner, typename Value>
Owner OwnerOfMember(Value Owner::*member);

template <typename ValueType, auto... members>
struct OwnerOf {
  using Type = typename ValueType::Owner;
};

template <typename ValueType, auto first, auto... rest>
struct OwnerOf<ValueType, first, rest...> {
  using Type = decltype(OwnerOfMember(first));
};

/// Connects a type of values with the member that holds the value.
template <typename ValueType, auto... members>
struct KeyField {
  using Owner = typename OwnerOf<ValueType, members...>::Type;
  using Value = std::remove_cvref_t<decltype((std::declval<Owner&>().*....*members))>;

  static void Read(const KeySource& source, Owner& owner) {
    ValueType::Read(source, (owner.*....*members));
  }

  static YamlValue Print(const Owner& owner) {
    if constexpr (requires { YamlValue::Scalar(ValueType::Print((owner.*....*members))); }) {
      return YamlValue::Scalar(ValueType::Print((owner.*....*members)));
    } else {
      return ValueType::Print((owner.*....*members));
    }
  }

  static constexpr KeyAccess<Owner> Access() {
    KeyAccess<Owner> access{&Read, &Print, nullptr, nullptr};
    if constexpr (requires { &ValueType::Equal; }) {
      access.equal = &ValueType::Equal;
    } else if constexpr (std::equality_comparable<Value>) {
      access.equal = [](const Owner& one, const Owner& other) {
        return (one.*....*members) == (other.*....*members);
      };
    }
    if constexpr (requires { &ValueType::ListPaths; }) {
      access.list_paths = &ValueType::ListPaths;
    }
    return access;
  }
};

/// Access to a value of `ValueType`, a struct with static functions Read and Print, in the member
/// that a chain of pointers leads to: kField<Text, &Config::probe, &ProbeConfig::modules_file>.
/// Without a member the value type works on the whole owner, which it names: ValueType::Owner.
template <typename ValueType, auto... members>
inline constexpr auto kField = KeyField<ValueType, members...>::Access();

}  // namespace hakem::config

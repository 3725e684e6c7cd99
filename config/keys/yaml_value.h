#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hakem::config {

struct YamlEntry;

/// The scalar of a key that is not set.
inline constexpr std::string_view kNullValue = "null";

/// A value of a YAML file that is to be printed: a scalar, a map or a list of maps.
struct YamlValue {
  std::string text;                ///< A scalar, or a list of scalars, as YAML; else empty.
  std::vector<YamlEntry> entries;  ///< The map's entries in the order of printing.
  std::vector<YamlValue> items;    ///< The list's maps.
  bool is_on_one_line = false;     ///< Prints the map as `{a: 1, b: 2}`.
  std::string comment;             ///< Printed behind the value; without the `#`.

  /// A value that is already YAML on one line.
  static YamlValue Scalar(std::string text);

  /// Whether there is nothing to print.
  bool empty() const { return text.empty() && entries.empty() && items.empty(); }

  /// The value at a dotted path below this map. Adds it, and the maps on the way to it, if it is
  /// missing.
  YamlValue& At(std::string_view path);
};

struct YamlEntry {
  std::string key;
  YamlValue value;
};

/// Returns the map as a block of YAML lines.
std::string FormatYaml(const YamlValue& map);

/// Returns a quoted YAML scalar that reads back as the same text.
std::string YamlText(std::string_view text);

/// Returns the texts as `["a", "b"]`.
std::string YamlList(const std::vector<std::string>& texts);

}  // namespace hakem::config

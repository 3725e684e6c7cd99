#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/keys/key.h"
#include "yaml/map_reader.h"

namespace hakem::config {

/// Reads one key of a table and checks its value.
template <typename Owner>
void ReadKey(const KeySource& source, const Key<Owner>& key, Owner& owner) {
  key.access.read(source, owner);
  if (key.check == nullptr) {
    return;
  }
  if (const std::string wrong = key.check(owner); !wrong.empty()) {
    source.Wrong(wrong);
  }
}

/// Reads the keys of a table from a map of a file in `folder`. The keys of one section must stand
/// together in the table. `depth` is the length of the part of their paths that leads to this map.
template <typename Owner>
void ReadKeys(yaml::MapReader& reader, std::string_view folder, std::span<const Key<Owner>> keys,
              Owner& owner, std::size_t depth = 0) {
  while (!keys.empty()) {
    const Key<Owner>& key = keys.front();
    const std::size_t dot = key.path.find('.', depth);
    const std::string_view name = key.path.substr(depth, dot - depth);
    std::size_t count = 1;
    if (dot == key.path.npos) {
      if (key.applies == nullptr || key.applies(owner)) {
        ReadKey({reader, name, folder}, key, owner);
      }
    } else {
      const std::string_view section = key.path.substr(0, dot + 1);
      while (count < keys.size() && keys[count].path.starts_with(section)) {
        ++count;
      }
      reader.Map(name, [&](yaml::MapReader& inner) {
        ReadKeys(inner, folder, keys.first(count), owner, dot + 1);
      });
    }
    keys = keys.subspan(count);
  }
}

/// Returns the values of a table's keys as a map. `one_line` lists the paths of sections that are
/// printed on one line.
template <typename Owner>
YamlValue PrintKeys(std::span<const Key<Owner>> keys, const Owner& owner,
                    std::span<const std::string_view> one_line = {}) {
  YamlValue map;
  for (const Key<Owner>& key : keys) {
    if (key.applies != nullptr && !key.applies(owner)) {
      continue;
    }
    YamlValue value = key.access.print(owner);
    if (value.empty()) {
      continue;
    }
    if (value.text == "[]" || value.text == YamlText("") || value.text == kNullValue) {
      value.comment = key.if_empty;
    }
    map.At(key.path) = std::move(value);
    for (const std::string_view section : one_line) {
      if (key.path.starts_with(section) && key.path.substr(section.size()).starts_with('.')) {
        map.At(section).is_on_one_line = true;
      }
    }
  }
  return map;
}

/// Appends the full paths of a table's keys, each behind `prefix`.
template <typename Owner>
void ListKeyPaths(const std::string& prefix, std::span<const Key<Owner>> keys,
                  std::vector<std::string>& paths) {
  for (const Key<Owner>& key : keys) {
    const std::string path = prefix + std::string(key.path);
    if (key.access.list_paths != nullptr) {
      key.access.list_paths(path, paths);
    } else {
      paths.push_back(path);
    }
  }
}

}  // namespace hakem::config

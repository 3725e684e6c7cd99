#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "yaml/node.h"

namespace hakem::yaml {

/// A large file has a million of them: so it is small.
struct Node::Content {
  Kind kind() const {
    constexpr std::array kKinds{Kind::kScalar, Kind::kList, Kind::kMap, Kind::kNull};
    return kKinds[value.index()];
  }

  const std::string& text() const { return PartOr<std::string>(); }

  const std::vector<Node>& items() const { return PartOr<std::vector<Node>>(); }

  const std::vector<Entry>& entries() const { return PartOr<std::vector<Entry>>(); }

  /// What it has of this type; something empty if it is of another kind.
  template <typename Part>
  const Part& PartOr() const {
    static const Part none{};
    const Part* const part = std::get_if<Part>(&value);
    return part == nullptr ? none : *part;
  }

  std::shared_ptr<const std::string> file;
  int line = 1;
  int column = 1;
  std::uint32_t values = 1;  ///< How many values it has with itself, after aliases are expanded.
  std::uint8_t height = 0;   ///< How many levels are below it.
  bool is_quoted = false;
  std::variant<std::string, std::vector<Node>, std::vector<Entry>, std::monostate> value;
};

}  // namespace hakem::yaml

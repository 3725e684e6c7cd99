#pragma once

#include <string_view>

namespace hakem::rules {

/// An extension of PostgreSQL that provides what a rule reads. A constant: both texts live forever.
struct NeededExtension {
  std::string_view name;
  std::string_view instructions;  ///< How to install it, for people: the end of a sentence.
};

}  // namespace hakem::rules

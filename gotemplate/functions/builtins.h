#pragma once

#include <span>

#include "gotemplate/values/value.h"

namespace hakem::gotemplate {

/// The functions that every template of Go has: `and`, `printf`, `index`, …
std::span<const Function> Builtins();

}  // namespace hakem::gotemplate

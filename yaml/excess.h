#pragma once

#include <optional>
#include <string_view>

#include "model/result.h"

namespace hakem::yaml {

/// Returns why a text is refused before yaml-cpp reads it, because that would take too much memory;
/// nothing if it may read it. Brackets and commas in texts and comments count too: real files have
/// few of them there.
std::optional<Error> FindExcess(std::string_view text, std::string_view file);

}  // namespace hakem::yaml

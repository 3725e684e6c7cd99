#pragma once

#include <string>
#include <string_view>

namespace hakem::web {

/// Decodes a name as `U__my_2e_metric` to `my.metric`: Prometheus' API escapes UTF-8 names in paths
/// so. Returns other texts unchanged.
std::string UnescapeName(std::string_view text);

}  // namespace hakem::web

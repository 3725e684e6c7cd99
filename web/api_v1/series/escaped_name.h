#pragma once

#include <string>
#include <string_view>

namespace hakem::web {

/// The name that `U__my_2e_metric` stands for (`my.metric`): how Prometheus' API writes names of
/// any characters in a path. A text that is not such an escape stands for itself.
std::string UnescapeName(std::string_view text);

}  // namespace hakem::web

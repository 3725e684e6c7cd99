#pragma once

#include <string>
#include <string_view>

namespace hakem::web {

/// Compressed at level 1: three times as fast as the usual 6, a tenth larger.
std::string Gzip(std::string_view text);

}  // namespace hakem::web

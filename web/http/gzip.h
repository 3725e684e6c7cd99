#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace hakem::web {

/// Compresses at level 1, which is three times as fast as the default 6 and a tenth larger.
std::string Gzip(std::string_view text);

/// Compresses the concatenated parts.
std::string Gzip(std::span<const std::shared_ptr<const std::string>> parts);

}  // namespace hakem::web

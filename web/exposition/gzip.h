#pragma once

#include <string>
#include <string_view>

#include "web/exposition/page_writer.h"

namespace hakem::web {

/// Compresses at level 1, which is three times as fast as the default 6 and a tenth larger.
std::string Gzip(std::string_view text);

/// Compresses the concatenated parts.
std::string Gzip(const PageParts& parts);

}  // namespace hakem::web

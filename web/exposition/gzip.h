#pragma once

#include <string>
#include <string_view>

#include "web/exposition/page_writer.h"

namespace hakem::web {

/// Compressed at level 1: three times as fast as the usual 6, a tenth larger.
std::string Gzip(std::string_view text);

/// The parts as one text.
std::string Gzip(const PageParts& parts);

}  // namespace hakem::web

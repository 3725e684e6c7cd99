#pragma once

#include <string_view>
#include <vector>

#include "config/config.h"

namespace hakem::exporter {

/// What only the next start takes in, of two configurations: the keys that differ.
std::vector<std::string_view> NeedRestart(const Config& before, const Config& after);

}  // namespace hakem::exporter

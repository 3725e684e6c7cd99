#pragma once

#include <string_view>

namespace hakem::demo {

/// The SQL that gives the demo's server a day of finished games behind it.
extern const std::string_view kYesterdaySql;

}  // namespace hakem::demo

#pragma once

#include <string>

#include "web/exposition/exposition.h"

namespace hakem {

/// Formats a series as on a metrics page, without its value.
inline std::string PageText(const SeriesRef& series) {
  std::string line;
  web::AppendSamples(line, {{series, 0}});
  return line.substr(0, line.size() - std::string_view(" 0\n").size());
}

}  // namespace hakem

#include "rules/evaluation/generator_url.h"

#include <fmt/format.h>

#include "format/url.h"

namespace hakem::rules {

std::string GeneratorUrl(std::string_view external_url, std::string_view query) {
  return fmt::format("{}/graph?g0.expr={}&g0.tab=1", external_url, EscapeUrlQuery(query));
}

}  // namespace hakem::rules

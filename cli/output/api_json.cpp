#include "cli/output/api_json.h"

#include <charconv>
#include <limits>
#include <nlohmann/json.hpp>
#include <vector>

namespace hakem::cli {

Labels ReadLabels(const nlohmann::json& json) {
  std::vector<Label> labels;
  for (const auto& [name, value] : json.items()) {
    labels.push_back({name, value.get<std::string>()});
  }
  return Labels(labels);
}

double ReadNumber(const std::string& text) {
  const std::size_t sign = text.starts_with('+') ? 1 : 0;
  double value = std::numeric_limits<double>::quiet_NaN();
  std::from_chars(text.data() + sign, text.data() + text.size(), value);
  return value;
}

}  // namespace hakem::cli

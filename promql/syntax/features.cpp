#include "promql/syntax/features.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "format/nearest_name.h"

namespace hakem::promql {
namespace {

/// Indexed by Feature.
constexpr std::array<std::string_view, 5> kNames{
    "promql-experimental-functions", "promql-duration-expr", "promql-extended-range-selectors",
    "promql-binop-fill-modifiers", "promql-delayed-name-removal"};

}  // namespace

Features Features::All() {
  Features all;
  for (unsigned i = 0; i < kNames.size(); ++i) {
    all = all.With(static_cast<Feature>(i));
  }
  return all;
}

std::vector<std::string> Names(Features features) {
  std::vector<std::string> names;
  for (unsigned i = 0; i < kNames.size(); ++i) {
    if (features.Has(static_cast<Feature>(i))) {
      names.emplace_back(kNames[i]);
    }
  }
  return names;
}

Result<Features> FeaturesNamed(std::span<const std::string> lists) {
  Features features;
  for (const std::string_view list : lists) {
    for (std::size_t begin = 0; begin <= list.size();) {
      const std::size_t end = std::min(list.find(',', begin), list.size());
      const std::string_view name = list.substr(begin, end - begin);
      const auto* known = std::find(kNames.begin(), kNames.end(), name);
      if (known == kNames.end()) {
        return Fail(ErrorCode::kInvalidInput,
                    fmt::format("unknown feature \"{}\"{}", name, DidYouMean(name, kNames)));
      }
      features = features.With(static_cast<Feature>(known - kNames.begin()));
      begin = end + 1;
    }
  }
  return features;
}

}  // namespace hakem::promql

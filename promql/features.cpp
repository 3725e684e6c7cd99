#include "promql/features.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "model/nearest.h"

namespace hakem::promql {
namespace {

/// In the order of Feature.
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

std::string_view ToString(Feature feature) {
  return kNames[static_cast<std::size_t>(feature)];
}

Result<Features> WithNamed(Features features, std::string_view list) {
  for (std::size_t begin = 0; begin <= list.size();) {
    const std::size_t end = std::min(list.find(',', begin), list.size());
    const std::string_view name = list.substr(begin, end - begin);
    const auto known = std::find(kNames.begin(), kNames.end(), name);
    if (known == kNames.end()) {
      return Fail(ErrorCode::kInvalidInput,
                  fmt::format("unknown feature \"{}\"{}", name, DidYouMean(name, kNames)));
    }
    features = features.With(static_cast<Feature>(known - kNames.begin()));
    begin = end + 1;
  }
  return features;
}

}  // namespace hakem::promql

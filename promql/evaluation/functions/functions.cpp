#include "promql/evaluation/functions/functions.h"

#include <algorithm>
#include <array>

namespace hakem::promql {

std::span<const FunctionFamily> FunctionFamilies() {
  static const std::array families{
      kDateFunctions,     kHistogramFunctions, kInfoFunctions,   kLabelFunctions,  kMathFunctions,
      kOverTimeFunctions, kRateFunctions,      kScalarFunctions, kVectorFunctions, kSortFunctions};
  return families;
}

const FunctionSpec* FindFunction(std::string_view name) {
  for (const FunctionFamily& family : FunctionFamilies()) {
    const auto found = std::find_if(family.begin(), family.end(),
                                    [&](const FunctionSpec& f) { return f.name == name; });
    if (found != family.end()) {
      return &*found;
    }
  }
  return nullptr;
}

}  // namespace hakem::promql

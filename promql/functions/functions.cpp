#include "promql/functions/functions.h"

#include <algorithm>

namespace hakem::promql {

const FunctionSpec* FindFunction(std::string_view name) {
  for (const FunctionFamily& family :
       {kDateFunctions, kExperimentalFunctions, kHistogramFunctions, kLabelFunctions,
        kMathFunctions, kOverTimeFunctions, kRateFunctions, kScalarFunctions, kVectorFunctions}) {
    const auto found = std::find_if(family.begin(), family.end(),
                                    [&](const FunctionSpec& f) { return f.name == name; });
    if (found != family.end()) {
      return &*found;
    }
  }
  return nullptr;
}

}  // namespace hakem::promql

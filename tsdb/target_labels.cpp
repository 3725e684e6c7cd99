#include "tsdb/target_labels.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace hakem::tsdb {

Labels WithTargetLabels(const Labels& labels, const Labels& target_labels) {
  std::vector<Label> attached(labels.begin(), labels.end());
  for (Label& label : attached) {
    if (target_labels.Has(label.name)) {
      label.name = fmt::format("exported_{}", label.name);
    }
  }
  for (const LabelView label : target_labels) {
    attached.emplace_back(label);
  }
  return Labels(attached);
}

bool HasTargetLabels(const Labels& labels, const Labels& target_labels) {
  return std::all_of(target_labels.begin(), target_labels.end(),
                     [&](const LabelView& label) { return labels.Get(label.name) == label.value; });
}

}  // namespace hakem::tsdb

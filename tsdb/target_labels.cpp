#include "tsdb/target_labels.h"

#include <fmt/format.h>

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
  attached.insert(attached.end(), target_labels.begin(), target_labels.end());
  return Labels(std::move(attached));
}

}  // namespace hakem::tsdb

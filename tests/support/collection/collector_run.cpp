#include "tests/support/collection/collector_run.h"

#include <fmt/format.h>

#include <algorithm>

#include "model/check.h"
#include "tests/support/collection/page_text.h"

namespace hakem::collectors {

const CollectorSpec& CollectorNamed(std::string_view name) {
  const auto found = std::find_if(kCollectors.begin(), kCollectors.end(),
                                  [&](const CollectorSpec* spec) { return spec->name == name; });
  HAKEM_CHECK(found != kCollectors.end());
  return **found;
}

CollectorRun::CollectorRun(std::string_view name, const CollectorOptions& options)
    : collector_(CollectorNamed(name).make(options)) {}

Result<std::vector<std::string>> CollectorRun::Lines() {
  auto collected = collector_->Collect({.session = session, .clock = clock_, .log = log_}, sink_);
  const std::vector<MetricFamily> families = sink_.Take();
  if (!collected) {
    return Fail(collected.error());
  }
  std::vector<std::string> lines;
  for (const MetricFamily& family : families) {
    for (const Sample& sample : family.samples) {
      lines.push_back(fmt::format("{} {}", PageText(sample.series), sample.value));
    }
  }
  return lines;
}

}  // namespace hakem::collectors

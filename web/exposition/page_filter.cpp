#include "web/exposition/page_filter.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "format/nearest_name.h"

namespace hakem::web {
namespace {

constexpr std::string_view kAlwaysThere = "pg_up";

bool Contains(std::span<const std::string> names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool Writes(const CollectorFamilies& collector, std::string_view family) {
  return std::any_of(collector.families.begin(), collector.families.end(), [&](const auto& name) {
    return name.is_prefix ? family.starts_with(name.text) : family == name.text;
  });
}

Error UnknownCollector(const std::string& name, std::span<const CollectorFamilies> collectors) {
  std::vector<std::string_view> known;
  for (const CollectorFamilies& collector : collectors) {
    known.push_back(collector.collector);
  }
  return {ErrorCode::kInvalidInput,
          fmt::format("collect[]: unknown collector \"{}\"{}", name, DidYouMean(name, known))};
}

}  // namespace

Result<Snapshot> OnlyCollectors(const Snapshot& snapshot, std::span<const std::string> wanted,
                                std::span<const CollectorFamilies> collectors) {
  std::vector<const CollectorFamilies*> chosen;
  for (const std::string& name : wanted) {
    const auto found =
        std::find_if(collectors.begin(), collectors.end(),
                     [&](const CollectorFamilies& known) { return known.collector == name; });
    if (found == collectors.end()) {
      return Fail(UnknownCollector(name, collectors));
    }
    chosen.push_back(&*found);
  }
  Snapshot filtered{.time = snapshot.time, .families = {}, .target_labels = snapshot.target_labels};
  for (const MetricFamily& family : snapshot.families) {
    const bool whole =
        family.name == kAlwaysThere ||
        std::any_of(chosen.begin(), chosen.end(),
                    [&](const CollectorFamilies* known) { return Writes(*known, family.name); });
    MetricFamily kept{family.name, family.type, family.help, {}};
    std::copy_if(family.samples.begin(), family.samples.end(), std::back_inserter(kept.samples),
                 [&](const Sample& sample) {
                   return whole || Contains(wanted, sample.series->labels.Get("collector"));
                 });
    if (!kept.samples.empty()) {
      filtered.families.push_back(std::move(kept));
    }
  }
  return filtered;
}

}  // namespace hakem::web

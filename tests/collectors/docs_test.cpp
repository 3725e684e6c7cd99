// docs/collectors.md lists every family of every collector, and nothing else.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <string>

#include "collectors/core/collector.h"
#include "tests/support/paths.h"

namespace hakem::collectors {
namespace {

/// The server versions as "13+" or "14 to 16", followed by the other requirements.
std::string Servers(const CollectorSpec& spec, const FamilySpec& family) {
  const int min = std::max(spec.requirements.min_version, family.min_version) / 10000;
  const int max = std::min(spec.requirements.max_version, family.max_version);
  std::string text = max == FamilySpec::kAnyVersion ? fmt::format("{}+", min)
                                                    : fmt::format("{} to {}", min, max / 10000);
  if (spec.requirements.role != Role::kAny) {
    text += spec.requirements.role == Role::kPrimary ? ", primary" : ", standby";
  }
  if (!spec.requirements.extension.empty()) {
    text += fmt::format(", with {}", spec.requirements.extension);
  }
  return text;
}

std::string Row(const CollectorSpec& spec, const FamilySpec& family) {
  return fmt::format("| {} | `{}{}` | {} | {} | {} | {}{} | {} |", spec.name, family.name,
                     family.name_is_prefix ? "…" : "", ToString(family.type),
                     fmt::join(family.labels, ", "), Servers(spec, family),
                     spec.lane == Lane::kFast ? "fast" : "slow",
                     spec.scope == Scope::kDatabase ? ", each database" : "",
                     spec.enabled_by_default ? "on" : "off");
}

std::set<std::string> DocumentedRows() {
  std::ifstream file(SourcePath("docs/collectors.md"));
  std::set<std::string> rows;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("| ") && !line.starts_with("| collector |")) {
      rows.insert(line);
    }
  }
  return rows;
}

TEST(CollectorsDocumentation, ListsEveryFamily) {
  std::set<std::string> rows = DocumentedRows();
  for (const CollectorSpec* spec : kCollectors) {
    for (const FamilySpec& family : spec->families) {
      const std::string row = Row(*spec, family);
      EXPECT_EQ(rows.erase(row), 1U) << "docs/collectors.md lacks this row:\n" << row;
    }
  }
  EXPECT_THAT(rows, testing::IsEmpty()) << "docs/collectors.md has rows without a collector";
}

}  // namespace
}  // namespace hakem::collectors

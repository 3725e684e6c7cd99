// docs/promql.md lists every function with its signature, and nothing else.

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "promql/evaluation/functions/functions.h"
#include "promql/syntax/features.h"
#include "tests/support/paths.h"

namespace hakem::promql {
namespace {

std::string Signature(const FunctionSpec& function) {
  const auto optional = static_cast<std::size_t>(std::max(function.optional, 0));
  std::string arguments;
  for (std::size_t i = 0; i < function.arguments.size(); ++i) {
    const bool last = i + 1 == function.arguments.size();
    const bool may_be_left_out = i + optional >= function.arguments.size();
    const std::string_view type = ToString(function.arguments[i]);
    arguments += fmt::format("{}{}{}{}{}", i == 0 ? "" : ", ", may_be_left_out ? "[" : "", type,
                             may_be_left_out ? "]" : "",
                             last && function.optional == FunctionSpec::kAnyNumber ? "…" : "");
  }
  return fmt::format("({}) → {}", arguments, ToString(function.result));
}

std::string Row(const FunctionSpec& function) {
  switch (function.availability) {
    case Availability::kExperimental:
      return fmt::format("| `{}` | {}; experimental |", function.name, Signature(function));
    case Availability::kNativeHistogram:
      return fmt::format("| `{}` | {}; of native histograms, so always empty |", function.name,
                         Signature(function));
    case Availability::kStable:
      break;
  }
  return fmt::format("| `{}` | {} |", function.name, Signature(function));
}

constexpr std::string_view kFeatureRow = "| `promql-";

/// Returns the rows of functions and features, without those of the table of differences.
std::set<std::string> DocumentedRows() {
  std::ifstream file(SourcePath("docs/promql.md"));
  std::set<std::string> rows;
  bool in_differences = false;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("## ")) {
      in_differences = line == "## Where Prometheus 3.5 answers otherwise";
    } else if (!in_differences && line.starts_with("| `")) {
      rows.insert(line);
    }
  }
  return rows;
}

TEST(PromqlDocumentation, ListsEveryFunctionWithItsSignature) {
  std::set<std::string> rows = DocumentedRows();
  std::erase_if(rows, [](const std::string& row) { return row.starts_with(kFeatureRow); });
  for (const FunctionFamily& family : FunctionFamilies()) {
    for (const FunctionSpec& function : family) {
      const std::string row = Row(function);
      EXPECT_EQ(rows.erase(row), 1U) << "docs/promql.md lacks this row:\n" << row;
    }
  }
  EXPECT_THAT(rows, testing::IsEmpty()) << "docs/promql.md has rows that no function is for";
}

TEST(PromqlDocumentation, ListsEveryFeature) {
  std::vector<std::string> documented;
  for (const std::string& row : DocumentedRows()) {
    if (row.starts_with(kFeatureRow)) {
      documented.push_back(row.substr(3, row.find('`', 3) - 3));
    }
  }
  EXPECT_THAT(documented, testing::UnorderedElementsAreArray(Names(Features::All())));
}

}  // namespace
}  // namespace hakem::promql

#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/labels.h"

namespace hakem {

/// A template of an alert's annotation and what Prometheus makes of it: a row of
/// tests/rules/testdata/alert_templates.yml.
struct TemplateCase {
  std::string text;
  std::string expected;
  std::string since;    ///< The first Prometheus that expands it so: "2.42" or "3.5".
  std::string differs;  ///< Why promtool 3.5 expands it otherwise; empty if it does not.
};

std::vector<TemplateCase> ReadTemplateCases();

// What all rows are expanded with: the alert of a rule whose expression is `requests`, at a time at
// which the series below have these values.
inline constexpr std::string_view kTemplateAlert = "Templates";
inline constexpr std::string_view kTemplateExternalUrl = "https://hakem.example/base";
inline constexpr int kTemplateTimeSeconds = 300;

/// The series and their values; the first one is the alert's.
using TemplateSeries = std::vector<std::pair<Labels, double>>;
const TemplateSeries& TemplateSeriesList();

const Labels& TemplateExternalLabels();

/// Expands the template of the row with Hakem's rules and queries. An error of the parser becomes
/// the text, too.
std::string ExpandCase(const TemplateCase& row);

}  // namespace hakem

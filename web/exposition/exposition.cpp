#include "web/exposition/exposition.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "format/number.h"

namespace hakem::web {
namespace {

constexpr std::size_t kValueBytes = 26;  // " -1.7976931348623157e+308\n"
constexpr std::string_view kTotal = "_total";

/// OpenMetrics' base units that names of our metrics end in.
constexpr std::array<std::string_view, 3> kUnits{"seconds", "bytes", "ratio"};

/// What the lines before the samples of a family contain.
struct Metadata {
  std::string_view name;
  std::string_view type;
  std::string_view unit = {};  ///< "" for none.
};

void AppendHelp(std::string& page, std::string_view help, PageFormat format) {
  for (const char c : help) {
    if (c == '\\' || (c == '"' && format == PageFormat::kOpenMetrics)) {
      page += '\\';
      page += c;
    } else if (c == '\n') {
      page += "\\n";
    } else {
      page += c;
    }
  }
}

/// Below this, doubles represent all whole numbers exactly, and are written without an exponent.
constexpr double kWholeNumbers = 9007199254740992;  // 2^53

void AppendValue(std::string& page, double value) {
  if (std::abs(value) < kWholeNumbers && value == std::trunc(value) &&
      (value != 0 || !std::signbit(value))) {
    const fmt::format_int digits(static_cast<std::int64_t>(value));  // Most values; three times
    page.append(digits.data(), digits.size());                       // as fast as AppendNumber().
  } else {
    AppendNumber(page, value, NumberForm::kExposition);
  }
}

bool HasFamily(const Snapshot& snapshot, std::string_view name) {
  const auto found = std::lower_bound(
      snapshot.families.begin(), snapshot.families.end(), name,
      [](const MetricFamily& family, std::string_view wanted) { return family.name < wanted; });
  return found != snapshot.families.end() && found->name == name;
}

std::string_view UnitOf(std::string_view name) {
  const auto unit = std::find_if(kUnits.begin(), kUnits.end(), [&](std::string_view candidate) {
    return name.size() > candidate.size() && name.ends_with(candidate) &&
           name[name.size() - candidate.size() - 1] == '_';
  });
  return unit == kUnits.end() ? std::string_view() : *unit;
}

Metadata TextMetadata(const MetricFamily& family) {
  return {.name = family.name, .type = ToString(family.type)};
}

Metadata OpenMetricsMetadata(const MetricFamily& family, const Snapshot& snapshot) {
  constexpr std::string_view kUnknown = "unknown";
  Metadata metadata{.name = family.name, .type = ToString(family.type)};
  if (family.type == MetricType::kUntyped) {
    metadata.type = kUnknown;
  } else if (family.type == MetricType::kCounter) {
    std::string_view shortened = family.name;
    shortened.remove_suffix(shortened.ends_with(kTotal) ? kTotal.size() : 0);
    if (shortened == family.name || HasFamily(snapshot, shortened)) {
      metadata.type = kUnknown;
    } else {
      metadata.name = shortened;
    }
  }
  metadata.unit = UnitOf(metadata.name);
  return metadata;
}

void AppendMetadata(std::string& page, const Metadata& metadata, std::string_view help,
                    PageFormat format) {
  page.append("# HELP ").append(metadata.name).append(" ");
  AppendHelp(page, help, format);
  page.append("\n# TYPE ").append(metadata.name).append(" ").append(metadata.type).append("\n");
  if (!metadata.unit.empty()) {
    page.append("# UNIT ").append(metadata.name).append(" ").append(metadata.unit).append("\n");
  }
}

/// Escapes a label's value for both formats.
void AppendLabelValue(std::string& page, std::string_view value) {
  if (value.find_first_of("\\\"\n") == std::string_view::npos) {
    page += value;
  } else {
    page += EscapeLabelValue(value);
  }
}

/// `pg_locks_count{datname="hokm",mode="exclusivelock"}`
void AppendSeries(std::string& page, const Labels& labels, const Labels& target_labels) {
  page += labels.metric_name();
  char separator = '{';
  for (const LabelView label : labels) {
    if (label.name == kMetricNameLabel || target_labels.Get(label.name) == label.value) {
      continue;
    }
    page += separator;
    page.append(label.name).append("=\"");
    AppendLabelValue(page, label.value);
    page += '"';
    separator = ',';
  }
  if (separator == ',') {
    page += '}';
  }
}

std::size_t BytesNeeded(const Samples& samples, const Labels& target_labels) {
  // Assumes that the lines of all series in the family are about as long as the first.
  std::string first;
  AppendSeries(first, samples.front().series->labels, target_labels);
  return samples.size() * (first.size() + kValueBytes);
}

}  // namespace

void AppendHead(std::string& page, const MetricFamily& family, const Snapshot& snapshot,
                PageFormat format) {
  const Metadata metadata = format == PageFormat::kOpenMetrics
                                ? OpenMetricsMetadata(family, snapshot)
                                : TextMetadata(family);
  AppendMetadata(page, metadata, family.help, format);
}

void AppendSamples(std::string& page, const Samples& samples, const Labels& target_labels) {
  page.reserve(page.size() + BytesNeeded(samples, target_labels));
  for (const Sample& sample : samples) {
    AppendSeries(page, sample.series->labels, target_labels);
    page += ' ';
    AppendValue(page, sample.value);
    page += '\n';
  }
}

std::string_view EndOf(PageFormat format) {
  return format == PageFormat::kOpenMetrics ? "# EOF\n" : "";
}

std::string Render(const Snapshot& snapshot, PageFormat format) {
  std::string page;
  for (const MetricFamily& family : snapshot.families) {
    if (!family.samples.empty()) {
      AppendHead(page, family, snapshot, format);
      AppendSamples(page, family.samples, snapshot.target_labels);
    }
  }
  page += EndOf(format);
  return page;
}

std::string RenderText(const Snapshot& snapshot) {
  return Render(snapshot, PageFormat::kText);
}

}  // namespace hakem::web

#include "web/exposition/exposition.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <string_view>

namespace hakem::web {
namespace {

constexpr std::size_t kFamilyBytes = 192;  // A guess, so that the page is allocated once.
constexpr std::size_t kValueBytes = 26;    // " -1.7976931348623157e+308\n"
constexpr std::string_view kTotal = "_total";

/// OpenMetrics' base units that our names end in.
constexpr std::array<std::string_view, 3> kUnits{"seconds", "bytes", "ratio"};

/// What a page says of a family before its samples.
struct Metadata {
  std::string_view name;
  std::string_view type;
  std::string_view unit = {};  ///< "": none is told.
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

/// The largest whole number below which doubles are written without an exponent and each stands for
/// itself alone.
constexpr double kWholeNumbers = 9007199254740992;  // 2^53

void AppendValue(std::string& page, double value) {
  if (std::abs(value) < kWholeNumbers && value == std::trunc(value) &&
      (value != 0 || !std::signbit(value))) {
    const fmt::format_int digits(static_cast<std::int64_t>(value));  // Most values, three times
    page.append(digits.data(), digits.size());                       // as fast as what is below.
  } else if (std::isnan(value)) {
    page += "NaN";
  } else if (std::isinf(value)) {
    page += value > 0 ? "+Inf" : "-Inf";
  } else {
    fmt::format_to(std::back_inserter(page), "{}", value);
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

void AppendSamples(std::string& page, const std::vector<Sample>& samples) {
  for (const Sample& sample : samples) {
    page.append(sample.series->text).append(1, ' ');
    AppendValue(page, sample.value);
    page += '\n';
  }
}

std::size_t BytesNeeded(const Snapshot& snapshot) {
  std::size_t bytes = 0;
  for (const MetricFamily& family : snapshot.families) {
    // The first series stands for the others of its family, which are seldom much longer.
    const std::size_t text =
        family.samples.empty() ? 0 : family.samples.front().series->text.size();
    bytes += kFamilyBytes + family.samples.size() * (text + kValueBytes);
  }
  return bytes;
}

}  // namespace

std::string Render(const Snapshot& snapshot, PageFormat format) {
  const bool open_metrics = format == PageFormat::kOpenMetrics;
  std::string page;
  page.reserve(BytesNeeded(snapshot));
  for (const MetricFamily& family : snapshot.families) {
    if (!family.samples.empty()) {
      AppendMetadata(page,
                     open_metrics ? OpenMetricsMetadata(family, snapshot) : TextMetadata(family),
                     family.help, format);
      AppendSamples(page, family.samples);
    }
  }
  page += open_metrics ? "# EOF\n" : "";
  return page;
}

std::string RenderText(const Snapshot& snapshot) {
  return Render(snapshot, PageFormat::kText);
}

}  // namespace hakem::web

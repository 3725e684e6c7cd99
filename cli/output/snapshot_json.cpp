#include "cli/output/snapshot_json.h"

#include <fmt/format.h>

#include <cmath>
#include <map>

#include "cli/output/snapshot_summary.h"
#include "format/json_writer.h"
#include "format/number.h"

namespace hakem::cli {
namespace {

/// Writes a sample's value; those that JSON has no number for are texts.
void WriteValue(JsonWriter& json, double value) {
  if (std::isfinite(value)) {
    json.Member("value", value);
  } else {
    json.Member("value", FormatNumber(value, NumberForm::kFraction));
  }
}

/// The time that a windowed sample covers, in seconds since 1970.
struct Window {
  double from = 0;
  double to = 0;
};

/// The windows by the samples' labels, which include the name.
using Windows = std::map<Labels, Window>;

/// A family in which the game's collector publishes one end of the windows of its metrics.
struct WindowEnd {
  std::string_view family;
  double Window::*end;
};

constexpr WindowEnd kWindowEnds[] = {
    {"game_window_from_timestamp_seconds", &Window::from},
    {"game_window_to_timestamp_seconds", &Window::to},
};

Windows WindowsIn(const Snapshot& snapshot) {
  Windows windows;
  for (const MetricFamily& family : snapshot.families) {
    for (const WindowEnd& known : kWindowEnds) {
      if (family.name != known.family) {
        continue;
      }
      for (const Sample& sample : family.samples) {
        const Labels& labels = sample.series->labels;
        const Labels sample_labels =
            labels.With(kMetricNameLabel, labels.Get("metric")).With("metric", "");
        windows[sample_labels].*known.end = sample.value;
      }
    }
  }
  return windows;
}

/// Formats as RFC 3339 with microseconds, the precision of PostgreSQL.
std::string FormatInstant(double unix_seconds) {
  const std::chrono::microseconds whole(std::llround(unix_seconds * 1e6));
  const auto seconds = std::chrono::floor<std::chrono::seconds>(whole);
  std::string text = FormatRfc3339(Timestamp(seconds));
  text.pop_back();  // The Z.
  return fmt::format("{}.{:06}Z", text, (whole - seconds).count());
}

void WriteSample(JsonWriter& json, const Sample& sample, std::string_view family,
                 const Windows& windows) {
  json.Object([&] {
    json.Key("labels").Object([&] {
      for (const LabelView label : sample.series->labels) {
        if (label.name != kMetricNameLabel || label.value != family) {
          json.Member(label.name, label.value);
        }
      }
    });
    WriteValue(json, sample.value);
    if (const auto window = windows.find(sample.series->labels); window != windows.end()) {
      json.Member("from", FormatInstant(window->second.from));
      json.Member("to", FormatInstant(window->second.to));
    }
  });
}

void WriteFamily(JsonWriter& json, const MetricFamily& family, const Windows& windows) {
  json.Object([&] {
    json.Member("name", family.name);
    json.Member("type", ToString(family.type));
    json.Member("help", family.help);
    json.Key("samples").Array(family.samples, [&](const Sample& sample) {
      WriteSample(json, sample, family.name, windows);
    });
  });
}

void WriteFigures(JsonWriter& json, const Figures& figures) {
  json.Object([&] {
    if (!figures.name.empty()) {
      json.Member("game", figures.name);
    }
    for (const auto& [name, value] : figures.values) {
      json.Member(name, value);
    }
  });
}

void WriteSummary(JsonWriter& json, const SnapshotSummary& summary) {
  json.Object([&] {
    json.Key("games").Array(summary.games, [&](const Figures& game) { WriteFigures(json, game); });
    json.Key("database");
    WriteFigures(json, summary.database);
  });
}

}  // namespace

std::string ToJson(const Snapshot& snapshot) {
  const Windows windows = WindowsIn(snapshot);
  std::string text;
  JsonWriter json(text, JsonWriter::Layout::kIndented, NumberForm::kFraction);
  json.Object([&] {
    json.Member("time", FormatRfc3339(snapshot.time));
    json.Key("summary");
    WriteSummary(json, Summarise(snapshot));
    json.Key("families").Array(snapshot.families, [&](const MetricFamily& family) {
      WriteFamily(json, family, windows);
    });
  });
  return text + '\n';
}

}  // namespace hakem::cli

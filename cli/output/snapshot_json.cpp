#include "cli/output/snapshot_json.h"

#include <fmt/format.h>

#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "cli/output/snapshot_summary.h"

namespace hakem::cli {
namespace {

using Json = nlohmann::ordered_json;

Json ToJson(double value) {
  if (std::isnan(value)) {
    return "NaN";
  }
  if (std::isinf(value)) {
    return value > 0 ? "+Inf" : "-Inf";
  }
  return value;
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

Json ToJson(const Sample& sample, const std::string& family, const Windows& windows) {
  Json labels = Json::object();
  for (const LabelView label : sample.series->labels) {
    if (label.name != kMetricNameLabel || label.value != family) {
      labels[label.name] = label.value;
    }
  }
  Json json{{"labels", std::move(labels)}, {"value", ToJson(sample.value)}};
  if (const auto window = windows.find(sample.series->labels); window != windows.end()) {
    json["from"] = FormatInstant(window->second.from);
    json["to"] = FormatInstant(window->second.to);
  }
  return json;
}

Json ToJson(const MetricFamily& family, const Windows& windows) {
  Json samples = Json::array();
  for (const Sample& sample : family.samples) {
    samples.push_back(ToJson(sample, family.name, windows));
  }
  return {{"name", family.name},
          {"type", ToString(family.type)},
          {"help", family.help},
          {"samples", std::move(samples)}};
}

Json ToJson(const Figures& figures) {
  Json json = Json::object();
  if (!figures.name.empty()) {
    json["game"] = figures.name;
  }
  for (const auto& [name, value] : figures.values) {
    json[name] = value;
  }
  return json;
}

Json ToJson(const SnapshotSummary& summary) {
  Json games = Json::array();
  for (const Figures& game : summary.games) {
    games.push_back(ToJson(game));
  }
  return {{"games", std::move(games)}, {"database", ToJson(summary.database)}};
}

}  // namespace

std::string ToJson(const Snapshot& snapshot) {
  const Windows windows = WindowsIn(snapshot);
  Json families = Json::array();
  for (const MetricFamily& family : snapshot.families) {
    families.push_back(ToJson(family, windows));
  }
  const Json document{{"time", FormatRfc3339(snapshot.time)},
                      {"summary", ToJson(Summarise(snapshot))},
                      {"families", std::move(families)}};
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace hakem::cli

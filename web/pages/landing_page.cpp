#include "web/pages/landing_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string_view>
#include <vector>

#include "format/html.h"
#include "web/pages/page_frame.h"

namespace hakem::web {
namespace {

constexpr int kReloadSeconds = 15;

struct Figure {
  std::string_view family;
  std::string_view label;
};

/// Figures of all games together, shown if the snapshot has them.
constexpr std::array kFigures{
    Figure{"game_active_games", "active games"},
    Figure{"game_online_players", "players online"},
    Figure{"game_moves_per_minute", "moves per minute"},
    Figure{"game_games_per_hour", "new games per hour"},
};

struct Link {
  std::string_view path;
  std::string_view what;
};

constexpr std::array kLinks{
    Link{"/alerts", "Alerts that are pending or firing, and the rules, as a page"},
    Link{"/runbook", "What each alert means, where to look and what to do, as a page"},
    Link{"/graph", "What an expression of PromQL is now, as a page"},
    Link{"/metrics", "Everything that is known, in Prometheus’ text format or OpenMetrics"},
    Link{"/api/v1/alerts", "Alerts that are pending or firing, as JSON"},
    Link{"/api/v1/rules", "The rules, how each did and what it found, as JSON"},
    Link{"/primary",
         "Whether the server takes writes, for load balancers; also /replica, /read-only"},
    Link{"/-/healthy", "Whether the program answers and no loop is stuck"},
};

/// Formats 1234567 as `1,234,567`. Numbers below a hundred with a fraction get one decimal.
std::string ShortNumber(double value) {
  if (std::abs(value) < 100 && value != std::floor(value)) {
    return fmt::format("{:.1f}", value);
  }
  std::string digits = fmt::format("{:.0f}", value);
  const std::size_t sign = digits.starts_with('-') ? 1 : 0;
  for (std::size_t at = digits.size(); std::isfinite(value) && at > sign + 3;) {
    at -= 3;
    digits.insert(at, 1, ',');
  }
  return digits;
}

/// The sum of a family's samples; nothing when it has no samples.
std::optional<double> Total(const Snapshot& snapshot, std::string_view name) {
  for (const MetricFamily& family : snapshot.families) {
    if (family.name == name && !family.samples.empty()) {
      double total = 0;
      for (const Sample& sample : family.samples) {
        total += sample.value;
      }
      return total;
    }
  }
  return std::nullopt;
}

void AppendTargets(std::string& page, const LandingFacts& facts) {
  page += "<h2>Database</h2>\n";
  if (facts.targets.empty()) {
    page += "<div class=\"card row\">The first collection has not ended yet.</div>\n";
  }
  for (const TargetStatus& target : facts.targets) {
    page += fmt::format(
        "<div class=\"card row\"><div class=\"head\"><strong>{}</strong> {} "
        "<span class=\"label\">{}</span></div>{}</div>\n",
        EscapeHtml(target.name),
        Pill(target.up ? Tone::kGood : Tone::kBad, target.up ? "up" : "down"),
        Since(target.since, facts.now),
        target.cause.empty() ? "" : fmt::format("<p>{}</p>", EscapeHtml(target.cause)));
  }
}

void AppendFigures(std::string& page, const Snapshot& snapshot) {
  std::string cards;
  for (const Figure& figure : kFigures) {
    if (const auto total = Total(snapshot, figure.family)) {
      cards += fmt::format(
          "<div class=\"card\"><div class=\"figure\">{}</div><div class=\"label\">{}</div></div>\n",
          ShortNumber(*total), figure.label);
    }
  }
  if (!cards.empty()) {
    page += fmt::format("<h2>The game</h2>\n<div class=\"cards figures\">\n{}</div>\n", cards);
  }
}

void AppendAlert(std::string& page, const rules::ActiveAlert& alert, Timestamp now) {
  const bool firing = alert.state == rules::AlertState::kFiring;
  const auto summary = alert.annotations.find("summary");
  page += fmt::format(
      "<div class=\"card row\"><div class=\"head\"><strong>{}</strong> {} "
      "<span class=\"label\">{}</span></div>{}"
      "<p class=\"label\"><code>{}</code></p></div>\n",
      EscapeHtml(alert.labels.Get("alertname")),
      Pill(firing ? Tone::kBad : Tone::kWarn, rules::ToString(alert.state)),
      Since(firing ? alert.fired_at.value_or(alert.active_at) : alert.active_at, now),
      summary == alert.annotations.end() ? ""
                                         : fmt::format("<p>{}</p>", EscapeHtml(summary->second)),
      EscapeHtml(FormatSeries(alert.labels.With("alertname", ""))));
}

/// Lists firing alerts, then pending ones, each in the order of groups and rules.
std::vector<const rules::ActiveAlert*> ActiveAlertsOf(const rules::RulesStatus& status) {
  std::vector<const rules::ActiveAlert*> active;
  for (const auto state : {rules::AlertState::kFiring, rules::AlertState::kPending}) {
    for (const auto& group : status.groups) {
      for (const rules::RuleStatus& rule : group->rules) {
        for (const rules::ActiveAlert& alert : rule.alerts) {
          if (alert.state == state) {
            active.push_back(&alert);
          }
        }
      }
    }
  }
  return active;
}

void AppendAlerts(std::string& page, const LandingFacts& facts) {
  page += "<h2>Alerts</h2>\n";
  if (facts.rules == nullptr) {
    page += "<div class=\"card row\">The rules have not been evaluated yet.</div>\n";
    return;
  }
  const auto active = ActiveAlertsOf(*facts.rules);
  if (active.empty()) {
    page +=
        fmt::format("<div class=\"card row\"><div class=\"head\">{} No alert fires.</div></div>\n",
                    Pill(Tone::kGood, "calm"));
  }
  for (const rules::ActiveAlert* alert : active) {
    AppendAlert(page, *alert, facts.now);
  }
}

void AppendLinks(std::string& page, std::string_view base) {
  page += "<h2>Look further</h2>\n<div class=\"cards\">\n";
  for (const Link& link : kLinks) {
    page += fmt::format(
        "<a class=\"card\" href=\"{2}{0}\"><code>{0}</code><div class=\"label\">{1}</div></a>\n",
        link.path, link.what, EscapeHtml(base));
  }
  page += "</div>\n";
}

}  // namespace

std::string RenderLandingPage(const LandingFacts& facts) {
  std::string page = PageTop({.title = "Hakem",
                              .version = facts.version,
                              .base = facts.base,
                              .reload_seconds = kReloadSeconds});
  AppendTargets(page, facts);
  if (facts.snapshot != nullptr) {
    AppendFigures(page, *facts.snapshot);
  }
  AppendAlerts(page, facts);
  AppendLinks(page, facts.base);
  page += PageEnd(fmt::format(
      "{}. This page loads itself again every {} seconds.",
      facts.snapshot == nullptr ? "Nothing has been collected yet"
                                : fmt::format("Figures of {}", FormatRfc3339(facts.snapshot->time)),
      kReloadSeconds));
  return page;
}

}  // namespace hakem::web

#include "web/landing_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string_view>
#include <vector>

#include "model/duration.h"
#include "model/html.h"
#include "web/http.h"

namespace hakem::web {
namespace {

struct Figure {
  std::string_view family;
  std::string_view label;
};

/// Shown when the snapshot has them, added up over games.
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
    Link{"/metrics", "Everything that is known, in Prometheus’ text format or OpenMetrics"},
    Link{"/api/v1/alerts", "Alerts that are pending or firing, as JSON"},
    Link{"/api/v1/rules", "The rules, how each did and what it found, as JSON"},
    Link{"/primary",
         "Whether the server takes writes, for load balancers; also /replica, /read-only"},
    Link{"/-/healthy", "Whether the program answers and no loop is stuck"},
};

/// %0 the version. The sign is a playing card's spade on felt.
constexpr std::string_view kTop = R"(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="15">
<title>Hakem</title>
<link rel="stylesheet" href="/style.css">
<link rel="icon" href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 48 48'%3E%3Crect width='48' height='48' rx='11' fill='%230b6b4f'/%3E%3Cpath d='M24 9c5 7 12 10 12 17 0 6-7 8-10 4 0 4 1 6 4 8H18c3-2 4-4 4-8-3 4-10 2-10-4 0-7 7-10 12-17z' fill='%23fff'/%3E%3C/svg%3E">
</head>
<body>
<main>
<header>
<svg viewBox="0 0 48 48" aria-hidden="true"><rect width="48" height="48" rx="11" fill="#0b6b4f"/><path d="M24 9c5 7 12 10 12 17 0 6-7 8-10 4 0 4 1 6 4 8H18c3-2 4-4 4-8-3 4-10 2-10-4 0-7 7-10 12-17z" fill="#fff"/></svg>
<div>
<h1>Hakem <small>{}</small></h1>
<p>Watches a game that lives on PostgreSQL: metrics, alerts, and messages to people.</p>
</div>
</header>
)";

enum class Tone { kGood, kWarn, kBad };

std::string Pill(Tone tone, std::string_view text) {
  constexpr std::array kClasses{"good", "warn", "bad"};
  return fmt::format(R"(<span class="pill {}">{}</span>)", kClasses[static_cast<std::size_t>(tone)],
                     EscapeHtml(text));
}

/// `for 3h12m` with the instant as what a pointer over it shows.
std::string Since(Timestamp since, Timestamp now) {
  const Duration age = std::max(Duration{0}, now - since);
  const Duration shown = age < std::chrono::hours(1)
                             ? Duration(std::chrono::floor<std::chrono::seconds>(age))
                             : Duration(std::chrono::floor<std::chrono::minutes>(age));
  const std::string instant = FormatRfc3339(since);
  return fmt::format(R"(for <time datetime="{0}" title="since {0}">{1}</time>)", instant,
                     FormatDuration(shown));
}

/// 1234567 as `1,234,567`; below a hundred with one decimal where there is a fraction.
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

/// The sum of a family's samples; nothing when it has none.
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

/// Alerts that fire first, then pending ones; in each the order of groups and rules.
std::vector<const rules::ActiveAlert*> ActiveAlertsOf(const rules::RulesStatus& status) {
  std::vector<const rules::ActiveAlert*> active;
  for (const auto state : {rules::AlertState::kFiring, rules::AlertState::kPending}) {
    for (const rules::GroupStatus& group : status.groups) {
      for (const rules::RuleStatus& rule : group.rules) {
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

void AppendLinks(std::string& page) {
  page += "<h2>Look further</h2>\n<div class=\"cards\">\n";
  for (const Link& link : kLinks) {
    page += fmt::format(
        "<a class=\"card\" href=\"{0}\"><code>{0}</code><div class=\"label\">{1}</div></a>\n",
        link.path, link.what);
  }
  page += "</div>\n";
}

}  // namespace

std::string RenderLandingPage(const LandingFacts& facts) {
  std::string page = fmt::format(kTop, EscapeHtml(facts.version));
  AppendTargets(page, facts);
  if (facts.snapshot != nullptr) {
    AppendFigures(page, *facts.snapshot);
  }
  AppendAlerts(page, facts);
  AppendLinks(page);
  page += fmt::format("<footer>{}. This page loads itself again every 15 seconds.</footer>\n",
                      facts.snapshot == nullptr
                          ? "Nothing has been collected yet"
                          : fmt::format("Figures of {}", FormatRfc3339(facts.snapshot->time)));
  page += "</main>\n</body>\n</html>\n";
  return page;
}

}  // namespace hakem::web

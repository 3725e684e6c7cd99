#include "web/pages/page_frame.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "format/html.h"
#include "model/duration.h"
#include "rules/evaluation/generator_url.h"

namespace hakem::web {
namespace {

/// {0} is the title, {1} the version, {2} the prefix of links, {3} the reload. The icon is a spade.
constexpr std::string_view kTop = R"(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
{3}<title>{0}</title>
<link rel="stylesheet" href="{2}/style.css">
<link rel="icon" href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 48 48'%3E%3Crect width='48' height='48' rx='11' fill='%230b6b4f'/%3E%3Cpath d='M24 9c5 7 12 10 12 17 0 6-7 8-10 4 0 4 1 6 4 8H18c3-2 4-4 4-8-3 4-10 2-10-4 0-7 7-10 12-17z' fill='%23fff'/%3E%3C/svg%3E">
</head>
<body>
<main>
<header>
<svg viewBox="0 0 48 48" aria-hidden="true"><rect width="48" height="48" rx="11" fill="#0b6b4f"/><path d="M24 9c5 7 12 10 12 17 0 6-7 8-10 4 0 4 1 6 4 8H18c3-2 4-4 4-8-3 4-10 2-10-4 0-7 7-10 12-17z" fill="#fff"/></svg>
<div>
<h1>Hakem <small>{1}</small></h1>
<p>Watches a game that lives on PostgreSQL: metrics, alerts, and messages to people.</p>
<nav><a href="{2}/">Overview</a> <a href="{2}/alerts">Alerts</a> <a href="{2}/graph">Expressions</a> <a href="{2}/runbook">Runbook</a></nav>
</div>
</header>
)";

}  // namespace

std::string PageTop(const PageHead& head) {
  const std::string reload =
      head.reload_seconds == 0
          ? ""
          : fmt::format("<meta http-equiv=\"refresh\" content=\"{}\">\n", head.reload_seconds);
  return fmt::format(kTop, EscapeHtml(head.title), EscapeHtml(head.version), EscapeHtml(head.base),
                     reload);
}

std::string PageEnd(std::string_view footer) {
  return fmt::format("<footer>{}</footer>\n</main>\n</body>\n</html>\n", footer);
}

std::string Pill(Tone tone, std::string_view text) {
  constexpr std::array kClasses{"pill good", "pill warn", "pill bad", "pill"};
  return fmt::format(R"(<span class="{}">{}</span>)", kClasses[static_cast<std::size_t>(tone)],
                     EscapeHtml(text));
}

std::string Since(Timestamp since, Timestamp now) {
  const Duration age = std::max(Duration{0}, now - since);
  const Duration shown = age < std::chrono::hours(1)
                             ? Duration(std::chrono::floor<std::chrono::seconds>(age))
                             : Duration(std::chrono::floor<std::chrono::minutes>(age));
  const std::string instant = FormatRfc3339(since);
  return fmt::format(R"(for <time datetime="{0}" title="since {0}">{1}</time>)", instant,
                     FormatDuration(shown));
}

std::string ExpressionLink(std::string_view base, std::string_view expression) {
  return fmt::format(R"(<a href="{}"><code>{}</code></a>)",
                     EscapeHtml(rules::GeneratorUrl(base, expression)), EscapeHtml(expression));
}

}  // namespace hakem::web

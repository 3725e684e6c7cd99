#include "alertmanager/notify/email_body.h"

#include <fmt/format.h>

#include <iterator>

#include "format/html.h"
#include "format/number.h"
#include "model/duration.h"

namespace hakem::alertmanager {
namespace {

/// `firing since 2026-01-01T00:00:00Z, value 230`, or when it fired and for how long.
std::string Describe(const Alert& alert) {
  const std::string value = FormatNumber(alert.value, NumberForm::kExposition);
  if (alert.firing()) {
    return fmt::format("firing since {}, value {}", FormatRfc3339(alert.starts_at), value);
  }
  return fmt::format("fired {}, resolved {} after {}, last value {}",
                     FormatRfc3339(alert.starts_at), FormatRfc3339(*alert.ends_at),
                     FormatDuration(*alert.ends_at - alert.starts_at), value);
}

constexpr std::string_view kNotToldNote =
    "Not every alert that is resolved here was told when it fired: it ended before a message could "
    "be delivered.";

/// Annotations that have a place of their own.
bool IsShownApart(std::string_view annotation) {
  return annotation == "summary" || annotation == "description" || annotation == "runbook_url";
}

void AppendText(std::string& text, const Alert& alert) {
  auto out = std::back_inserter(text);
  fmt::format_to(out, "\n{}: {}\n  {}\n", alert.firing() ? "FIRING" : "RESOLVED", Headline(alert),
                 Describe(alert));
  if (const std::string_view description = Annotation(alert, "description"); !description.empty()) {
    fmt::format_to(out, "  {}\n", description);
  }
  for (const LabelView label : alert.labels) {
    fmt::format_to(out, "  {} = {}\n", label.name, label.value);
  }
  for (const auto& [name, value] : alert.annotations) {
    if (!IsShownApart(name)) {
      fmt::format_to(out, "  {}: {}\n", name, value);
    }
  }
  if (const std::string_view runbook = Annotation(alert, "runbook_url"); !runbook.empty()) {
    fmt::format_to(out, "  Runbook: {}\n", runbook);
  }
  if (!alert.generator_url.empty()) {
    fmt::format_to(out, "  Source: {}\n", alert.generator_url);
  }
}

void AppendRow(std::string& html, std::string_view name, std::string_view value) {
  fmt::format_to(std::back_inserter(html),
                 "<tr><td style=\"color:#666;padding-right:12px\">{}</td><td>{}</td></tr>\n",
                 EscapeHtml(name), EscapeHtml(value));
}

void AppendLink(std::string& html, std::string_view url, std::string_view text) {
  if (IsWebAddress(url)) {
    fmt::format_to(std::back_inserter(html), "<a href=\"{}\">{}</a>\n", EscapeHtml(url), text);
  }
}

void AppendHtml(std::string& html, const Alert& alert) {
  auto out = std::back_inserter(html);
  fmt::format_to(out,
                 "<div style=\"border-left:4px solid {};padding:4px 12px;margin:16px 0\">\n"
                 "<h3 style=\"margin:0\">{}</h3>\n<p>{}</p>\n",
                 alert.firing() ? "#c62828" : "#2e7d32", EscapeHtml(Headline(alert)),
                 EscapeHtml(Describe(alert)));
  if (const std::string_view description = Annotation(alert, "description"); !description.empty()) {
    fmt::format_to(out, "<p>{}</p>\n", EscapeHtml(description));
  }
  html += "<table>\n";
  for (const LabelView label : alert.labels) {
    AppendRow(html, label.name, label.value);
  }
  for (const auto& [name, value] : alert.annotations) {
    if (!IsShownApart(name)) {
      AppendRow(html, name, value);
    }
  }
  html += "</table>\n";
  AppendLink(html, Annotation(alert, "runbook_url"), "Runbook");
  AppendLink(html, alert.generator_url, "Source");
  html += "</div>\n";
}

}  // namespace

std::string FormatText(const Notification& notification) {
  std::string text = fmt::format("{}\n{}\n", Subject(notification), ToString(notification.reason));
  if (notification.firing_was_not_sent) {
    fmt::format_to(std::back_inserter(text), "{}\n", kNotToldNote);
  }
  for (const auto* alerts : {&notification.firing, &notification.resolved}) {
    for (const Alert& alert : *alerts) {
      AppendText(text, alert);
    }
  }
  fmt::format_to(std::back_inserter(text), "\nSent by Hakem {}\n", notification.external_url);
  return text;
}

std::string FormatHtml(const Notification& notification) {
  std::string html = fmt::format(
      "<!DOCTYPE html>\n"
      "<html><body style=\"font-family:sans-serif;color:#222\">\n"
      "<h2>{}</h2>\n<p>{}</p>\n",
      EscapeHtml(Subject(notification)), ToString(notification.reason));
  if (notification.firing_was_not_sent) {
    fmt::format_to(std::back_inserter(html), "<p>{}</p>\n", kNotToldNote);
  }
  for (const auto* alerts : {&notification.firing, &notification.resolved}) {
    for (const Alert& alert : *alerts) {
      AppendHtml(html, alert);
    }
  }
  html += "<p style=\"color:#666\">Sent by Hakem\n";
  AppendLink(html, notification.external_url, EscapeHtml(notification.external_url));
  html += "</p>\n</body></html>\n";
  return html;
}

}  // namespace hakem::alertmanager

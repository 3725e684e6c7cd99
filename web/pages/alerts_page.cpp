#include "web/pages/alerts_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>
#include <vector>

#include "format/html.h"
#include "format/number.h"
#include "model/matcher.h"
#include "promql/parsing/parser.h"
#include "web/api_v1/request/parameters.h"
#include "web/pages/page_frame.h"

namespace hakem::web {
namespace {

constexpr int kReloadSeconds = 15;
constexpr std::string_view kAlertName = "alertname";
constexpr std::array<std::string_view, 2> kLabelParameters{kAlertName, "severity"};

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

bool IsWebAddress(std::string_view text) {
  return text.starts_with("https://") || text.starts_with("http://");
}

/// The filter that the parameters describe.
class Filter {
 public:
  explicit Filter(const Request& request)
      : states_(request.Parameters("state")), search_(Lower(OneOf(request, "search"))) {
    std::erase(states_, "");
    for (const std::string_view label : kLabelParameters) {
      for (const std::string& value : request.Parameters(label)) {
        if (!value.empty()) {
          matchers_.push_back(*Matcher::Make(label, MatchOp::kEqual, value));
        }
      }
    }
    for (const char* parameter : {"filter", "match[]"}) {
      for (const std::string& text : request.Parameters(parameter)) {
        AddMatchers(text);
      }
    }
  }

  /// Whether the filter excludes anything.
  bool narrows() const { return !states_.empty() || !search_.empty() || !matchers_.empty(); }

  /// Errors in parameters.
  const std::vector<std::string>& errors() const { return errors_; }

  bool Allows(rules::AlertState state) const {
    return states_.empty() ||
           std::find(states_.begin(), states_.end(), rules::ToString(state)) != states_.end();
  }

  bool Allows(const Labels& labels) const {
    return std::all_of(matchers_.begin(), matchers_.end(),
                       [&](const Matcher& matcher) { return matcher.Matches(labels); }) &&
           Lower(FormatSeries(labels)).find(search_) != std::string::npos;
  }

 private:
  void AddMatchers(const std::string& text) {
    if (text.empty()) {
      return;
    }
    const auto parsed =
        promql::ParseSelector(text.starts_with('{') ? text : fmt::format("{{{}}}", text));
    if (parsed) {
      matchers_.insert(matchers_.end(), parsed->begin(), parsed->end());
    } else {
      errors_.push_back(fmt::format("\"{}\" is no filter: {}", text, parsed.error().message));
    }
  }

  std::vector<std::string> states_;
  const std::string search_;
  std::vector<Matcher> matchers_;
  std::vector<std::string> errors_;
};

Tone ToneOf(rules::AlertState state) {
  return state == rules::AlertState::kFiring    ? Tone::kBad
         : state == rules::AlertState::kPending ? Tone::kWarn
                                                : Tone::kGood;
}

std::string AnnotationText(std::string_view value) {
  return IsWebAddress(value) ? fmt::format("<a href=\"{0}\">{0}</a>", EscapeHtml(value))
                             : EscapeHtml(value);
}

void AppendAlert(std::string& page, const AlertsFacts& facts, const rules::RuleStatus& rule,
                 const rules::ActiveAlert& alert) {
  const bool firing = alert.state == rules::AlertState::kFiring;
  page += fmt::format(
      "<div class=\"card row\"><div class=\"head\"><strong>{}</strong> {} <span class=\"label\">{}"
      "</span></div>\n",
      EscapeHtml(alert.labels.Get(kAlertName)), Pill(ToneOf(alert.state), ToString(alert.state)),
      Since(firing ? alert.fired_at.value_or(alert.active_at) : alert.active_at, facts.now));
  page += "<dl>\n";
  const auto append = [&page](std::string_view name, std::string_view html) {
    page += fmt::format("<dt>{}</dt><dd>{}</dd>\n", EscapeHtml(name), html);
  };
  for (const auto& [name, value] : alert.annotations) {
    append(name, AnnotationText(value));
  }
  append("labels", fmt::format("<code>{}</code>",
                               EscapeHtml(FormatSeries(alert.labels.With(kAlertName, "")))));
  append("active since", FormatRfc3339(alert.active_at));
  if (alert.keep_firing_since) {
    append("kept firing since", FormatRfc3339(*alert.keep_firing_since));
  }
  append("value", FormatNumber(alert.value, NumberForm::kDecimal));
  append("expression", ExpressionLink(facts.base, rule.query));
  page += "</dl></div>\n";
}

/// Appends firing alerts, then pending ones, each in the order of groups and rules. Returns the
/// number of alerts in a state.
std::size_t AppendAlerts(std::string& alerts, const AlertsFacts& facts, const Filter& filter,
                         rules::AlertState state) {
  std::size_t count = 0;
  for (const auto& group : facts.rules->groups) {
    for (const rules::RuleStatus& rule : group->rules) {
      for (const rules::ActiveAlert& alert : rule.alerts) {
        if (alert.state == state && filter.Allows(state) && filter.Allows(alert.labels)) {
          AppendAlert(alerts, facts, rule, alert);
          ++count;
        }
      }
    }
  }
  return count;
}

/// The labels of a rule, to which filters apply.
Labels LabelsOf(const rules::RuleStatus& rule) {
  std::vector<Label> labels{{std::string(kAlertName), rule.name}};
  for (const auto& [name, value] : rule.labels) {
    if (name != kAlertName) {
      labels.push_back({name, value});
    }
  }
  return Labels(labels);
}

void AppendRule(std::string& page, const AlertsFacts& facts, const rules::RuleStatus& rule) {
  page += fmt::format("<div class=\"card row\"><div class=\"head\"><strong>{}</strong> {}{}</div>",
                      EscapeHtml(rule.name), Pill(ToneOf(rule.state()), ToString(rule.state())),
                      rule.health == rules::RuleHealth::kError
                          ? " " + Pill(Tone::kBad, "cannot be evaluated")
                          : "");
  if (!rule.last_error.empty()) {
    page += fmt::format("<p>{}</p>", EscapeHtml(rule.last_error));
  }
  page += fmt::format("<p>{}</p></div>\n", ExpressionLink(facts.base, rule.query));
}

void AppendRules(std::string& page, const AlertsFacts& facts, const Filter& filter) {
  for (const auto& group : facts.rules->groups) {
    std::string cards;
    for (const rules::RuleStatus& rule : group->rules) {
      if (rule.kind == rules::RuleKind::kAlerting && filter.Allows(rule.state()) &&
          filter.Allows(LabelsOf(rule))) {
        AppendRule(cards, facts, rule);
      }
    }
    if (!cards.empty()) {
      page += fmt::format("<h2>Rules <small>{}, {}</small></h2>\n{}", EscapeHtml(group->name),
                          EscapeHtml(group->file), cards);
    }
  }
}

}  // namespace

std::string RenderAlertsPage(const AlertsFacts& facts, const Request& request) {
  const Filter filter(request);
  std::string page = PageTop({.title = "Alerts – Hakem",
                              .version = facts.version,
                              .base = facts.base,
                              .reload_seconds = kReloadSeconds});
  page += "<h2>Alerts</h2>\n";
  for (const std::string& error : filter.errors()) {
    page += fmt::format("<div class=\"card row\"><div class=\"head\">{} {}</div></div>\n",
                        Pill(Tone::kBad, "not filtered"), EscapeHtml(error));
  }
  if (facts.rules == nullptr) {
    page += "<div class=\"card row\">The rules have not been evaluated yet.</div>\n";
  } else {
    std::string alerts;
    const std::size_t firing = AppendAlerts(alerts, facts, filter, rules::AlertState::kFiring);
    const std::size_t pending = AppendAlerts(alerts, facts, filter, rules::AlertState::kPending);
    page += fmt::format("<div class=\"card row\"><div class=\"head\">{} {}{}</div></div>\n{}",
                        Pill(firing > 0    ? Tone::kBad
                             : pending > 0 ? Tone::kWarn
                                           : Tone::kGood,
                             firing + pending == 0 ? "calm" : "active"),
                        fmt::format("{} firing, {} pending.", firing, pending),
                        filter.narrows() ? fmt::format(" Not all are shown: <a href=\"{}/alerts\">"
                                                       "show all</a>.",
                                                       EscapeHtml(facts.base))
                                         : "",
                        alerts);
    AppendRules(page, facts, filter);
  }
  page += PageEnd(fmt::format("As of {}. This page loads itself again every {} seconds.",
                              FormatRfc3339(facts.now), kReloadSeconds));
  return page;
}

}  // namespace hakem::web

#include "web/pages/graph_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "format/html.h"
#include "format/url.h"
#include "model/duration.h"
#include "model/labels.h"
#include "web/api_v1/request/parameters.h"
#include "web/pages/page_frame.h"

namespace hakem::web {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMostPanels = 5;
constexpr std::size_t kMostRows = 100;
constexpr std::size_t kMostPoints = 5;  ///< The most points shown of a series in a range vector.
constexpr Duration kDefaultRange = std::chrono::hours(1);
constexpr int kPointsOfRange = 250;
constexpr std::string_view kTruncated = "results truncated due to limit";

/// An expression in the address, with its time and range.
struct Panel {
  std::string expression;
  Timestamp time;
  Duration range;
};

/// Parses a time of the API, or of Prometheus' pages: `2026-11-30 08:00`, in UTC.
std::optional<Timestamp> ParseMoment(std::string text) {
  if (const Result<Timestamp> time = ParseApiTime(text)) {
    return *time;
  }
  std::replace(text.begin(), text.end(), ' ', 'T');
  const bool has_seconds = std::count(text.begin(), text.end(), ':') > 1;
  const Result<Timestamp> time = ParseApiTime(text + (has_seconds ? "Z" : ":00Z"));
  return time ? std::optional(*time) : std::nullopt;
}

/// The value of the first parameter that is not empty.
std::string FirstOf(const Request& request, std::initializer_list<std::string> names) {
  for (const std::string& name : names) {
    if (std::string value = OneOf(request, name); !value.empty()) {
      return value;
    }
  }
  return "";
}

Panel MakePanel(std::string expression, const std::string& moment, const std::string& range,
                Timestamp now) {
  const Result<Duration> length = ParseApiDuration(range);
  return {.expression = std::move(expression),
          .time = ParseMoment(moment).value_or(now),
          .range = length && *length > Duration(0) ? *length : kDefaultRange};
}

std::vector<Panel> ReadPanels(const Request& request, Timestamp now) {
  std::vector<Panel> panels;
  for (std::size_t i = 0; i < kMostPanels; ++i) {
    const std::string prefix = fmt::format("g{}.", i);
    if (std::string expression = OneOf(request, prefix + "expr"); !expression.empty()) {
      panels.push_back(MakePanel(std::move(expression),
                                 FirstOf(request, {prefix + "moment_input", prefix + "end_input"}),
                                 OneOf(request, prefix + "range_input"), now));
    }
  }
  if (std::string expression = FirstOf(request, {"expr", "query"});
      panels.empty() && !expression.empty()) {
    panels.push_back(MakePanel(std::move(expression), OneOf(request, "time"), "", now));
  }
  return panels;
}

/// Sends a request to the API on behalf of the page's client. Returns the parsed answer.
Json Ask(const Handler& handler, std::string path, std::string query, const Request& page) {
  const Response response = handler({.method = "GET",
                                     .path = std::move(path),
                                     .query = std::move(query),
                                     .client = page.client,
                                     .client_gone = page.client_gone});
  std::string body = *response.body;
  for (const auto& piece : response.more) {
    body += *piece;
  }
  Json answer = Json::parse(body, nullptr, false);
  return answer.is_object() ? answer : Json{{"status", "error"}, {"error", "no answer"}};
}

bool Succeeded(const Json& answer) {
  return answer.value("status", "") == "success";
}

/// The error in an answer, without the name of the parameter.
std::string ErrorOf(const Json& answer) {
  constexpr std::string_view kParameter = "invalid parameter \"query\": ";
  std::string error = answer.value("error", "");
  return error.starts_with(kParameter) ? error.substr(kParameter.size()) : error;
}

/// Converts the place at the beginning of a parse error, as `2:6: …`, to an offset in the
/// expression.
std::optional<std::size_t> PlaceOf(std::string_view error, std::string_view expression) {
  std::size_t line = 0, column = 0;
  const char* const end = error.data() + error.size();
  const auto [colon, line_error] = std::from_chars(error.data(), end, line);
  if (line_error != std::errc() || colon == end || *colon != ':') {
    return std::nullopt;
  }
  const auto [rest, column_error] = std::from_chars(colon + 1, end, column);
  if (column_error != std::errc() || rest == end || *rest != ':' || line == 0 || column == 0) {
    return std::nullopt;
  }
  std::size_t begin = 0;
  for (; line > 1; --line) {
    const std::size_t newline = expression.find('\n', begin);
    if (newline == expression.npos) {
      return std::nullopt;
    }
    begin = newline + 1;
  }
  return std::min(begin + column - 1, expression.size());
}

/// The expression as HTML. Marks the place of the error, if it has one.
std::string MarkedExpression(std::string_view expression, std::string_view error) {
  std::optional<std::size_t> place = PlaceOf(error, expression);
  if (!place) {
    return EscapeHtml(expression);
  }
  const auto continues = [&](std::size_t at) {
    return at < expression.size() && (static_cast<unsigned char>(expression[at]) & 0xC0U) == 0x80U;
  };
  std::size_t begin = *place;
  while (begin > 0 && continues(begin)) {
    --begin;
  }
  std::size_t end = std::min(begin + 1, expression.size());
  while (continues(end)) {
    ++end;
  }
  const bool has_character = begin < expression.size() && expression[begin] != '\n';
  return fmt::format("{}<mark>{}</mark>{}", EscapeHtml(expression.substr(0, begin)),
                     has_character ? EscapeHtml(expression.substr(begin, end - begin)) : " ",
                     EscapeHtml(expression.substr(has_character ? end : begin)));
}

std::string SecondsText(Timestamp time) {
  return fmt::format("{:.3f}", ToUnixSeconds(time));
}

/// Links to the API's answers for the panel.
std::string ApiLinks(const Panel& panel, std::string_view base) {
  const std::string query = EscapeUrlQuery(panel.expression);
  const Duration step =
      std::max<Duration>(std::chrono::floor<std::chrono::seconds>(panel.range / kPointsOfRange),
                         std::chrono::seconds(1));
  return fmt::format(
      "<p class=\"links\"><a href=\"{0}/api/v1/query?query={1}&amp;time={2}\">this value as "
      "JSON</a> <a href=\"{0}/api/v1/query_range?query={1}&amp;start={3}&amp;end={2}&amp;"
      "step={4}\">the last {5} as JSON</a> <a href=\"{0}/graph?g0.expr={1}&amp;g0.tab=1\">the "
      "value now</a></p>",
      EscapeHtml(base), EscapeHtml(query), SecondsText(panel.time),
      SecondsText(panel.time - panel.range), ToSeconds(step), FormatDuration(panel.range));
}

std::string ErrorCard(std::string_view kind, std::string_view error) {
  return fmt::format("<div class=\"card row\"><div class=\"head\">{} {}</div></div>\n",
                     Pill(Tone::kBad, kind), EscapeHtml(error));
}

/// `up{job="a"}`; `{}` for an element without labels.
std::string ElementText(const Json& element) {
  std::vector<Label> labels;
  if (element.contains("metric") && element["metric"].is_object()) {
    for (const auto& [name, value] : element["metric"].items()) {
      labels.push_back({name, value.is_string() ? value.get<std::string>() : value.dump()});
    }
  }
  const Labels all(labels);
  return all.begin() == all.end() ? "{}" : FormatSeries(all);
}

std::string ValueText(const Json& point) {
  const bool is_point = point.is_array() && point.size() == 2 && point[1].is_string();
  return is_point ? point[1].get<std::string>() : point.dump();
}

void AppendRow(std::string& page, std::string_view element, std::string_view value) {
  page += fmt::format("<tr><td><code>{}</code></td><td class=\"number\">{}</td></tr>\n",
                      EscapeHtml(element), EscapeHtml(value));
}

/// The newest points of a series in a range vector, with their times.
std::string PointsText(const Json& points) {
  std::string text;
  const std::size_t first = points.size() > kMostPoints ? points.size() - kMostPoints : 0;
  for (std::size_t i = first; i < points.size(); ++i) {
    const Timestamp time(Duration(std::llround(points[i][0].get<double>() * 1000)));
    text +=
        fmt::format("{}{} @ {}", i == first ? "" : "\n", ValueText(points[i]), FormatRfc3339(time));
  }
  return first == 0 ? text : fmt::format("{} earlier ones\n{}", first, text);
}

void AppendRows(std::string& page, const Json& data) {
  const Json& result = data.at("result");
  if (const std::string type = data.value("resultType", ""); type == "scalar" || type == "string") {
    AppendRow(page, type, ValueText(result));
    return;
  }
  for (const Json& element : result) {
    AppendRow(
        page, ElementText(element),
        element.contains("values") ? PointsText(element["values"]) : ValueText(element["value"]));
  }
}

void AppendNotes(std::string& page, const Json& answer, const char* key, Tone tone,
                 std::string_view kind) {
  for (const Json& note : answer.value(key, Json::array())) {
    const bool truncated = note == kTruncated;
    page += fmt::format("<p>{} {}</p>\n", Pill(tone, truncated ? "more" : kind),
                        truncated ? fmt::format("There are more than these {} rows.", kMostRows)
                                  : EscapeHtml(note.is_string() ? note.get<std::string>() : ""));
  }
}

void AppendValue(std::string& page, const Panel& panel, const Json& answer) {
  page += fmt::format("<h2>Value at {}</h2>\n", FormatRfc3339(panel.time));
  if (!Succeeded(answer)) {
    page += ErrorCard(answer.value("errorType", "error"), ErrorOf(answer));
    return;
  }
  const Json& data = answer.at("data");
  page += "<div class=\"card row\">\n";
  if (data.at("result").empty()) {
    page += "<p>The expression has no result at this time.</p>\n";
  } else {
    page += "<table>\n<thead><tr><th>Element</th><th>Value</th></tr></thead>\n<tbody>\n";
    AppendRows(page, data);
    page += "</tbody>\n</table>\n";
  }
  AppendNotes(page, answer, "warnings", Tone::kWarn, "warning");
  AppendNotes(page, answer, "infos", Tone::kPlain, "info");
  page += "</div>\n";
}

Tone ToneOf(rules::AlertState state) {
  return state == rules::AlertState::kFiring    ? Tone::kBad
         : state == rules::AlertState::kPending ? Tone::kWarn
                                                : Tone::kGood;
}

/// Calls `visit(rule)` with each rule.
template <typename Visit>
void ForEachRule(const rules::RulesStatus* status, Visit visit) {
  if (status == nullptr) {
    return;
  }
  for (const auto& group : status->groups) {
    std::for_each(group->rules.begin(), group->rules.end(), visit);
  }
}

/// Appends the alerting rules with this expression.
void AppendRules(std::string& page, const rules::RulesStatus* status, std::string_view expression,
                 std::string_view base) {
  std::string cards;
  ForEachRule(status, [&](const rules::RuleStatus& rule) {
    if (rule.kind == rules::RuleKind::kAlerting && rule.query == expression) {
      cards += fmt::format(
          "<a class=\"card row\" href=\"{}/alerts?alertname={}\"><strong>{}</strong> {}</a>\n",
          EscapeHtml(base), EscapeUrlQuery(rule.name), EscapeHtml(rule.name),
          Pill(ToneOf(rule.state()), rules::ToString(rule.state())));
    }
  });
  if (!cards.empty()) {
    page += fmt::format("<h2>Alerts of this expression</h2>\n{}", cards);
  }
}

/// Appends the expressions of the rules, for an address without an expression.
void AppendExpressions(std::string& page, const rules::RulesStatus* status, std::string_view base) {
  page +=
      "<h2>Expressions</h2>\n<div class=\"card row\"><p>An expression of PromQL stands in the "
      "address: <code>graph?g0.expr=up</code> shows its value.</p></div>\n";
  ForEachRule(status, [&](const rules::RuleStatus& rule) {
    page += fmt::format(
        "<div class=\"card row\"><div class=\"head\"><strong>{}</strong></div><p>{}</p></div>\n",
        EscapeHtml(rule.name), ExpressionLink(base, rule.query));
  });
}

void AppendPanel(std::string& page, const GraphPageDeps& deps, const Panel& panel,
                 const rules::RulesStatus* status, const Request& request) {
  const std::string query = EscapeUrlQuery(panel.expression);
  const Json formatted = Ask(deps.format_query, "/api/v1/format_query", "query=" + query, request);
  page += "<h2>Expression</h2>\n<div class=\"card row\"><pre><code>";
  if (!Succeeded(formatted)) {
    const std::string error = ErrorOf(formatted);
    page += fmt::format("{}</code></pre></div>\n{}", MarkedExpression(panel.expression, error),
                        ErrorCard(formatted.value("errorType", "error"), error));
    return;
  }
  page += fmt::format("{}</code></pre>{}</div>\n", EscapeHtml(formatted.value("data", "")),
                      ApiLinks(panel, deps.base));
  AppendValue(
      page, panel,
      Ask(deps.query, "/api/v1/query",
          fmt::format("query={}&time={}&limit={}", query, SecondsText(panel.time), kMostRows),
          request));
  AppendRules(page, status, panel.expression, deps.base);
}

}  // namespace

Handler GraphPageHandler(GraphPageDeps deps) {
  return [deps = std::move(deps)](const Request& request) {
    const Timestamp now = deps.clock.Now();
    const auto status = deps.rules.Get();
    const std::vector<Panel> panels = ReadPanels(request, now);
    std::string page = PageTop({.title = panels.empty() ? std::string("Expressions – Hakem")
                                                        : panels.front().expression + " – Hakem",
                                .version = deps.version,
                                .base = deps.base});
    if (panels.empty()) {
      AppendExpressions(page, status.get(), deps.base);
    }
    for (const Panel& panel : panels) {
      AppendPanel(page, deps, panel, status.get(), request);
    }
    page += PageEnd(fmt::format("As of {}.", FormatRfc3339(now)));
    return HtmlResponse(std::move(page));
  };
}

}  // namespace hakem::web

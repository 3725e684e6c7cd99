#include "web/api_v1/series/federate.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "format/number.h"
#include "model/interruption.h"
#include "promql/engine.h"
#include "promql/parsing/parser.h"
#include "web/api_v1/request/parameters.h"

namespace hakem::web {
namespace {

constexpr std::string_view kTextFormat = "text/plain; version=0.0.4; charset=utf-8";
constexpr std::string_view kInstance = "instance";

/// Sorts by metric name first, which is the order of the page.
struct ByNameThenLabels {
  bool operator()(const Labels& a, const Labels& b) const {
    const std::string_view name_a = a.metric_name();
    const std::string_view name_b = b.metric_name();
    return name_a == name_b ? a < b : name_a < name_b;
  }
};

using Newest = std::map<Labels, tsdb::Point, ByNameThenLabels>;

/// Replaces characters that names in the text format may not have by `_`.
std::string ClassicName(std::string_view name, bool may_hold_colons) {
  std::string classic(name);
  for (char& c : classic) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool digit = c >= '0' && c <= '9' && &c != &classic.front();
    c = letter || digit || (c == ':' && may_hold_colons) ? c : '_';
  }
  return classic;
}

void AppendSample(std::string& page, const std::string& name, const Labels& labels,
                  const tsdb::Point& point) {
  page += name;
  char before = '{';
  const auto append = [&](std::string_view label, std::string_view value) {
    page += before;
    fmt::format_to(std::back_inserter(page), "{}=\"{}\"", ClassicName(label, false),
                   EscapeLabelValue(value));
    before = ',';
  };
  for (const LabelView label : labels) {
    if (label.name != kMetricNameLabel) {
      append(label.name, label.value);
    }
  }
  if (!labels.Has(kInstance)) {
    append(kInstance, "");
  }
  page += "} ";
  AppendNumber(page, point.value, NumberForm::kExposition);
  fmt::format_to(std::back_inserter(page), " {}\n", point.time.time_since_epoch().count());
}

Response Federate(const Call& call) {
  const tsdb::Queryable& data = call.context.store;
  const Timestamp now = call.context.clock.Now();
  Newest newest;
  const Result<std::vector<std::string>> selectors = SelectorTexts(call.request);
  if (!selectors) {
    return TextResponse(400, selectors.error().message);
  }
  for (const std::string& selector : *selectors) {
    const Result<std::vector<Matcher>> matchers = promql::ParseSelector(selector);
    if (!matchers) {
      return TextResponse(400, matchers.error().message);
    }
    for (const tsdb::NewestPoint& found :
         data.SelectNewest(*matchers, now - promql::EngineOptions().lookback, now)) {
      if (!tsdb::IsStaleMarker(found.point.value) && !found.series->labels.metric_name().empty()) {
        newest.insert_or_assign(found.series->labels, found.point);
      }
    }
  }
  std::string page;
  std::string family;
  for (const auto& [labels, point] : newest) {
    CheckInterrupted();
    const std::string name = ClassicName(labels.metric_name(), true);
    if (name != family) {
      fmt::format_to(std::back_inserter(page), "# TYPE {} untyped\n", name);
      family = name;
    }
    AppendSample(page, name, labels, point);
  }
  return {.headers = {{"Content-Type", std::string(kTextFormat)}},
          .body = std::make_shared<const std::string>(std::move(page))};
}

constexpr Endpoint kEndpoints[] = {
    {.path = "/federate", .kind = Kind::kApi, .execution = Execution::kInTurn, .answer = Federate},
};

}  // namespace

const EndpointTable kFederationEndpoints = kEndpoints;

}  // namespace hakem::web

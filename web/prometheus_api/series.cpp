#include "web/prometheus_api/series.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "promql/syntax/quote.h"
#include "web/prometheus_api/envelope.h"
#include "web/prometheus_api/escaped_name.h"
#include "web/prometheus_api/json/text.h"
#include "web/prometheus_api/parameters.h"

namespace hakem::web {
namespace {

constexpr std::string_view kTruncated = "results truncated due to limit";
constexpr std::string_view kValuesPrefix = "/api/v1/label/";
constexpr std::string_view kValuesSuffix = "/values";

/// What the parameters ask for.
struct Wanted {
  TimeSpan span;
  std::vector<std::vector<Matcher>> selectors;
  std::size_t limit = 0;
};

/// `/series` names the parameter in errors of its selectors, the others do not.
Result<Wanted> ReadWanted(const Request& request, bool names_match) {
  const Result<std::size_t> limit = ParseLimit(request);
  if (!limit) {
    return Fail(limit.error());
  }
  const Result<TimeSpan> span = ParseTimeSpan(request);
  if (!span) {
    return Fail(span.error());
  }
  Result<std::vector<std::vector<Matcher>>> selectors = ParseSelectors(request);
  if (!selectors) {
    return names_match ? InvalidParameter("match[]", selectors.error().message)
                       : Fail(selectors.error());
  }
  return Wanted{*span, *std::move(selectors), *limit};
}

/// The series that any of the selectors finds, sorted, each once; without selectors all.
std::vector<SeriesRef> Find(const tsdb::Queryable& data, const Wanted& wanted) {
  const Timestamp after = wanted.span.start - Duration(1);
  std::vector<SeriesRef> found;
  const auto add = [&](std::span<const Matcher> matchers) {
    for (tsdb::SelectedSeries& selected : data.Select(matchers, after, wanted.span.end)) {
      found.push_back(std::move(selected.series));
    }
  };
  for (const std::vector<Matcher>& matchers : wanted.selectors) {
    add(matchers);
  }
  if (wanted.selectors.empty()) {
    add({});
  }
  const auto by_labels = [](const SeriesRef& a, const SeriesRef& b) {
    return a->labels < b->labels;
  };
  std::sort(found.begin(), found.end(), by_labels);
  found.erase(
      std::unique(found.begin(), found.end(),
                  [](const SeriesRef& a, const SeriesRef& b) { return a->labels == b->labels; }),
      found.end());
  return found;
}

/// The first ones as a JSON list, with a warning when there are more.
template <typename List, typename Append>
Response AnswerWith(const List& list, std::size_t limit, const Append& append) {
  ApiAnswer answer;
  std::string& json = answer.data();
  json += '[';
  std::size_t written = 0;
  for (const auto& entry : list) {
    if (limit > 0 && written == limit) {
      json += ']';
      return answer.Finish({.warnings = {std::string(kTruncated)}});
    }
    json += written == 0 ? "" : ",";
    append(json, entry);
    ++written;
  }
  json += ']';
  return answer.Finish();
}

std::string_view NameInPath(std::string_view path) {
  path.remove_prefix(kValuesPrefix.size());
  path.remove_suffix(kValuesSuffix.size());
  return path;
}

}  // namespace

Response SeriesResponse(const tsdb::Queryable& data, const Request& request) {
  if (request.Parameters("match[]").empty()) {
    return BadData("no match[] parameter provided");
  }
  const Result<Wanted> wanted = ReadWanted(request, true);
  if (!wanted) {
    return BadData(wanted.error().message);
  }
  return AnswerWith(
      Find(data, *wanted), wanted->limit,
      [](std::string& json, const SeriesRef& series) { AppendJsonLabels(json, series->labels); });
}

Response LabelNamesResponse(const tsdb::Queryable& data, const Request& request) {
  const Result<Wanted> wanted = ReadWanted(request, false);
  if (!wanted) {
    return BadData(wanted.error().message);
  }
  std::set<std::string_view> names;
  const std::vector<SeriesRef> found = Find(data, *wanted);
  for (const SeriesRef& series : found) {
    for (const Label& label : series->labels) {
      names.insert(label.name);
    }
  }
  return AnswerWith(names, wanted->limit, AppendJsonString);
}

Response LabelValuesResponse(const tsdb::Queryable& data, const Request& request) {
  const std::string name = UnescapeName(NameInPath(request.path));
  if (name.empty() || !promql::IsValidUtf8(name)) {
    return BadData(fmt::format("invalid label name: {}", promql::Quote(name)));
  }
  const Result<Wanted> wanted = ReadWanted(request, false);
  if (!wanted) {
    return BadData(wanted.error().message);
  }
  std::set<std::string_view> values;
  const std::vector<SeriesRef> found = Find(data, *wanted);
  for (const SeriesRef& series : found) {
    if (const std::string_view value = series->labels.Get(name); !value.empty()) {
      values.insert(value);
    }
  }
  return AnswerWith(values, wanted->limit, AppendJsonString);
}

}  // namespace hakem::web

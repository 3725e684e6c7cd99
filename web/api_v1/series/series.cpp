#include "web/api_v1/series/series.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "format/json_writer.h"
#include "format/quote.h"
#include "model/interruption.h"
#include "web/api_v1/json/text.h"
#include "web/api_v1/request/parameters.h"
#include "web/api_v1/series/escaped_name.h"
#include "web/http/envelope.h"

namespace hakem::web {
namespace {

constexpr std::string_view kTruncated = "results truncated due to limit";
/// Fewer results than this are not checked for duplicates in between.
constexpr std::size_t kFew = 1000;
constexpr std::string_view kValuesPrefix = "/api/v1/label/";
constexpr std::string_view kValuesSuffix = "/values";

/// The parsed parameters.
struct Wanted {
  TimeSpan span;
  std::vector<std::vector<Matcher>> selectors;
  std::size_t limit = 0;
};

/// Only `/series` names the parameter in errors of selectors.
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

void SortUnique(std::vector<std::string>& texts) {
  std::sort(texts.begin(), texts.end());
  texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
}

void SortUnique(std::vector<SeriesRef>& series) {
  std::sort(series.begin(), series.end(),
            [](const SeriesRef& a, const SeriesRef& b) { return a->labels < b->labels; });
  series.erase(
      std::unique(series.begin(), series.end(),
                  [](const SeriesRef& a, const SeriesRef& b) { return a->labels == b->labels; }),
      series.end());
}

/// All that `find` finds for the selectors, or for all series if there are none; sorted and unique.
template <typename Find>
auto FindAny(const Wanted& wanted, const Find& find) {
  if (wanted.span.end < wanted.span.start) {
    return decltype(find(std::span<const Matcher>())){};
  }
  auto found = find(wanted.selectors.empty() ? std::span<const Matcher>()
                                             : std::span<const Matcher>(wanted.selectors.front()));
  SortUnique(found);
  std::size_t known = found.size();
  for (std::size_t i = 1; i < wanted.selectors.size(); ++i) {
    auto more = find(std::span<const Matcher>(wanted.selectors[i]));
    std::move(more.begin(), more.end(), std::back_inserter(found));
    if (found.size() > 2 * known) {  // Removes duplicates early, to save memory.
      SortUnique(found);
      known = std::max(found.size(), kFew);
    }
  }
  SortUnique(found);
  return found;
}

/// The first elements as a JSON list, with a warning when there are more. `write(json, element)`
/// writes one.
template <typename Element, typename Write>
Response AnswerWith(const std::vector<Element>& list, std::size_t limit, const Write& write) {
  const bool is_cut = limit > 0 && list.size() > limit;
  ApiNotes notes;
  if (is_cut) {
    notes.warnings.emplace_back(kTruncated);
  }
  const auto shown = std::span(list).first(is_cut ? limit : list.size());
  return ApiSuccess(
      [&](JsonWriter& json) {
        json.Array(shown, [&](const Element& element) {
          CheckInterrupted();
          write(json, element);
        });
      },
      notes);
}

void WriteText(JsonWriter& json, const std::string& text) {
  json.Value(text);
}

std::string_view NameInPath(std::string_view path) {
  path.remove_prefix(kValuesPrefix.size());
  path.remove_suffix(kValuesSuffix.size());
  return path;
}

/// The label sets of series that at least one selector finds, sorted.
Response ListSeries(const Call& call) {
  if (call.request.Parameters("match[]").empty()) {
    return BadData("no match[] parameter provided");
  }
  const Result<Wanted> wanted = ReadWanted(call.request, true);
  if (!wanted) {
    return BadData(wanted.error().message);
  }
  const auto found = FindAny(*wanted, [&](std::span<const Matcher> matchers) {
    return call.context.store.SelectSeries(matchers, wanted->span.start, wanted->span.end);
  });
  return AnswerWith(found, wanted->limit, [](JsonWriter& json, const SeriesRef& series) {
    AppendJsonLabels(json.Raw(), series->labels);
  });
}

/// The label names of selected series, or of all, sorted.
Response ListLabelNames(const Call& call) {
  const Result<Wanted> wanted = ReadWanted(call.request, false);
  if (!wanted) {
    return BadData(wanted.error().message);
  }
  const auto names = FindAny(*wanted, [&](std::span<const Matcher> matchers) {
    return call.context.store.LabelNames(matchers, wanted->span.start, wanted->span.end);
  });
  return AnswerWith(names, wanted->limit, WriteText);
}

/// The values of a label in selected series, or in all, sorted. The label's name comes from the
/// path and may be escaped as `U__…`.
Response ListLabelValues(const Call& call) {
  const std::string name = UnescapeName(NameInPath(call.request.path));
  if (name.empty() || !IsValidUtf8(name)) {
    return BadData(fmt::format("invalid label name: {}", Quote(name)));
  }
  const Result<Wanted> wanted = ReadWanted(call.request, false);
  if (!wanted) {
    return BadData(wanted.error().message);
  }
  const auto values = FindAny(*wanted, [&](std::span<const Matcher> matchers) {
    return call.context.store.LabelValues(name, matchers, wanted->span.start, wanted->span.end);
  });
  return AnswerWith(values, wanted->limit, WriteText);
}

constexpr Endpoint kEndpoints[] = {
    {.path = "/api/v1/series",
     .methods = Methods::kGetOrPost,
     .kind = Kind::kApi,
     .execution = Execution::kInTurn,
     .answer = ListSeries},
    {.path = "/api/v1/labels",
     .methods = Methods::kGetOrPost,
     .kind = Kind::kApi,
     .execution = Execution::kInTurn,
     .answer = ListLabelNames},
    {.path = "/api/v1/label/{name}/values",
     .kind = Kind::kApi,
     .execution = Execution::kInTurn,
     .answer = ListLabelValues},
};

}  // namespace

const EndpointTable kSeriesEndpoints = kEndpoints;

}  // namespace hakem::web

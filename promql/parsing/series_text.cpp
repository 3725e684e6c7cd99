#include "promql/parsing/series_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <limits>
#include <string>

#include "promql/parsing/parser.h"
#include "tsdb/series/queryable.h"

namespace hakem::promql {
namespace {

constexpr std::string_view kBlanks = " \t";

tl::unexpected<Error> NotASeries(std::string_view line, std::string_view why) {
  return Fail(ErrorCode::kInvalidInput, fmt::format("series \"{}\": {}", line, why));
}

/// Returns the end of the labels: behind the closing brace, or behind the name without braces.
std::size_t EndOfLabels(std::string_view line) {
  std::size_t at = line.find_first_of("{ \t");
  if (at == line.npos || line[at] != '{') {
    return std::min(at, line.size());
  }
  char quote = 0;
  for (; at < line.size(); ++at) {
    const char c = line[at];
    if (quote != 0) {
      at += c == '\\' && quote != '`' ? 1 : 0;
      quote = c == quote ? '\0' : quote;
    } else if (c == '"' || c == '\'' || c == '`') {
      quote = c;
    } else if (c == '}') {
      return at + 1;
    }
  }
  return line.size();
}

/// Removes and returns a repeat count `x5` from the front, at most one more than
/// kMostSeriesItems: otherwise a few bytes of text could take all memory. Returns nothing when
/// there is none.
std::optional<std::size_t> TakeTimes(std::string_view& rest) {
  if (!rest.starts_with('x')) {
    return std::nullopt;
  }
  std::size_t times = 0;
  const auto [end, error] = std::from_chars(rest.data() + 1, rest.data() + rest.size(), times);
  if (error != std::errc{}) {
    return std::nullopt;
  }
  rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
  return std::min(times, kMostSeriesItems + 1);
}

/// Whether the text begins with `inf` or `nan`, in any case, and not with a longer word. Like
/// Prometheus: `Infx5` is a word of its own and no repeated infinity.
bool IsWholeWord(std::string_view number, std::string_view rest) {
  constexpr std::size_t kWord = 3;
  return number.size() == kWord &&
         (rest.empty() || std::isalnum(static_cast<unsigned char>(rest.front())) == 0);
}

/// Removes and returns a number from the front.
std::optional<double> TakeNumber(std::string_view& rest) {
  const bool negative = rest.starts_with('-');
  std::string_view digits = rest.substr(negative || rest.starts_with('+') ? 1 : 0);
  double value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{}) {
    return std::nullopt;
  }
  const auto length = static_cast<std::size_t>(end - digits.data());
  if (!std::isfinite(value) && !IsWholeWord(digits.substr(0, length), digits.substr(length))) {
    return std::nullopt;
  }
  rest = digits.substr(length);
  return negative ? -value : value;
}

/// Appends `_`, `_x3`, `5`, `5x3`, `0+2x3`, `stale`. Returns false for other texts.
bool AppendItem(std::string_view item, std::vector<SeriesItem>& items) {
  if (item == "stale") {
    items.push_back({tsdb::kStaleMarker});
    return true;
  }
  std::string_view rest = item;
  if (rest.starts_with('_')) {
    rest.remove_prefix(1);
    items.resize(items.size() + TakeTimes(rest).value_or(1));
    return rest.empty();
  }
  std::optional<double> value = TakeNumber(rest);
  if (!value) {
    return false;
  }
  double increment = 0;
  if (rest.starts_with('+') || rest.starts_with('-')) {
    const std::optional<double> given = TakeNumber(rest);
    if (!given || !rest.starts_with('x')) {
      return false;
    }
    increment = *given;
  }
  const std::size_t times = TakeTimes(rest).value_or(0);
  for (std::size_t i = 0; i <= times; ++i) {
    items.push_back({*value});
    *value += increment;
  }
  return rest.empty();
}

/// Appends `{{…}}`, with `x3` or `+{{…}}x3` behind it, and removes it from the front.
void AppendHistograms(std::string_view& rest, std::vector<SeriesItem>& items) {
  const auto take_histogram = [&] {
    rest.remove_prefix(std::min(rest.find("}}"), rest.size() - 2) + 2);
  };
  take_histogram();
  if (rest.starts_with("+{{") || rest.starts_with("-{{")) {
    take_histogram();
  }
  const std::size_t times = TakeTimes(rest).value_or(0);
  items.insert(items.end(), times + 1, SeriesItem{std::nullopt, true});
}

}  // namespace

std::optional<double> ParseValue(std::string_view text) {
  const std::optional<double> value = TakeNumber(text);
  return text.empty() ? value : std::nullopt;
}

Result<Labels> ParseSeriesLabels(std::string_view text) {
  if (text == "{}") {
    return Labels{};
  }
  const Result<std::vector<Matcher>> matchers = ParseSelector(text);
  if (!matchers) {
    return Fail(matchers.error());
  }
  std::vector<Label> labels;
  for (const Matcher& matcher : *matchers) {
    if (matcher.op() != MatchOp::kEqual) {
      return Fail(
          ErrorCode::kInvalidInput,
          fmt::format("a series has labels with \"=\", not \"{}\"", ToString(matcher.op())));
    }
    labels.push_back({matcher.name(), matcher.value()});
  }
  return Labels(labels);
}

Result<SeriesText> ParseSeries(std::string_view line) {
  const std::size_t end = EndOfLabels(line);
  Result<Labels> labels = ParseSeriesLabels(line.substr(0, end));
  if (!labels) {
    return NotASeries(line, labels.error().message);
  }
  SeriesText series{*std::move(labels), {}};
  std::string_view rest = line.substr(end);
  for (;;) {
    rest.remove_prefix(std::min(rest.find_first_not_of(kBlanks), rest.size()));
    if (rest.empty()) {
      return series;
    }
    if (rest.starts_with("{{")) {
      AppendHistograms(rest, series.items);
    } else {
      const std::string_view item = rest.substr(0, rest.find_first_of(kBlanks));
      if (!AppendItem(item, series.items)) {
        return NotASeries(line, fmt::format("\"{}\" is no value", item));
      }
      rest.remove_prefix(item.size());
    }
    if (series.items.size() > kMostSeriesItems) {
      return NotASeries(line, fmt::format("more than {} values", kMostSeriesItems));
    }
  }
}

}  // namespace hakem::promql

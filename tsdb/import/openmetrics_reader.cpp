#include "tsdb/import/openmetrics_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <functional>
#include <memory>
#include <optional>
#include <system_error>
#include <unordered_map>
#include <utility>

#include "format/number.h"

namespace hakem::tsdb {
namespace {

constexpr std::array<std::string_view, 8> kTypes{"counter", "gauge", "histogram", "gaugehistogram",
                                                 "summary", "info",  "stateset",  "unknown"};
constexpr double kMillisecondsPerSecond = 1000;

tl::unexpected<Error> Wrong(std::string message) {
  return Fail(ErrorCode::kInvalidInput, std::move(message));
}

/// Removes and returns the text up to the next space, and removes the space.
std::string_view TakeWord(std::string_view& rest) {
  const auto end = std::min(rest.find(' '), rest.size());
  const std::string_view word = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return word;
}

/// Parses a number of OpenMetrics: `+Inf` and `NaN` in any case, no hexadecimal.
std::optional<double> ParseNumber(std::string_view text) {
  if (text.starts_with('+')) {
    text.remove_prefix(1);
  }
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value);
  return parsed.ec == std::errc{} && parsed.ptr == end ? std::optional(value) : std::nullopt;
}

/// Returns the canonical form of a bound, so that equal bounds make one series: `1` becomes `1.0`,
/// `1000000` becomes `1e+06`. Returns other texts unchanged.
std::string CanonicalBound(const std::string& text) {
  const std::optional<double> bound = ParseNumber(text);
  if (!bound || std::isnan(*bound)) {
    return text;
  }
  const std::string canonical = FormatNumber(*bound, NumberForm::kGeneral);
  const bool is_whole = canonical.find_first_of(".eI") == canonical.npos;
  return is_whole ? canonical + ".0" : canonical;
}

/// Unescapes `\\`, `\"` and `\n`; other backslashes are kept.
std::string Unescape(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char next = text[i] == '\\' && i + 1 < text.size() ? text[i + 1] : '\0';
    if (next == 'n' || next == '\\' || next == '"') {
      plain += next == 'n' ? '\n' : next;
      ++i;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

/// Returns the position behind a quoted string that begins at `begin`; npos when it is not closed.
std::size_t EndOfQuoted(std::string_view text, std::size_t begin) {
  for (std::size_t i = begin + 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      return i + 1;
    }
  }
  return text.npos;
}

/// Returns the length of `name{…}` at the beginning of a line; npos when it is not closed.
std::size_t SeriesLength(std::string_view line) {
  std::size_t i = std::min(line.find_first_of("{ "), line.size());
  if (i == line.size() || line[i] == ' ') {
    return i;
  }
  while (i < line.size() && line[i] != '}') {
    i = line[i] == '"' ? EndOfQuoted(line, i) : i + 1;
  }
  return i < line.size() ? i + 1 : line.npos;
}

tl::unexpected<Error> DuplicateName(std::string_view label) {
  return label == kMetricNameLabel
             ? Wrong("the series has two metric names")
             : Wrong(fmt::format("the series has the label \"{}\" twice", label));
}

/// Reads the content of the braces: `a="b",…`, possibly with a quoted metric name among them.
class LabelReader {
 public:
  explicit LabelReader(std::string_view text) : rest_(text) {}

  Result<std::vector<Label>> Read() {
    std::vector<Label> labels;
    while (!rest_.empty()) {
      Result<Label> label = ReadLabel();
      if (!label) {
        return Fail(label.error());
      }
      if (std::any_of(labels.begin(), labels.end(),
                      [&](const Label& before) { return before.name == label->name; })) {
        return DuplicateName(label->name);
      }
      labels.push_back(*std::move(label));
      if (!rest_.empty() && !Take(',')) {
        return Wrong(fmt::format("expected \",\" between labels, found \"{}\"", rest_));
      }
    }
    return labels;
  }

 private:
  bool Take(char wanted) {
    const bool taken = rest_.starts_with(wanted);
    rest_.remove_prefix(taken ? 1 : 0);
    return taken;
  }

  Result<std::string> ReadQuoted() {
    const std::size_t end = rest_.starts_with('"') ? EndOfQuoted(rest_, 0) : rest_.npos;
    if (end == rest_.npos) {
      return Wrong(fmt::format("expected a quoted text, found \"{}\"", rest_));
    }
    std::string text = Unescape(rest_.substr(1, end - 2));
    rest_.remove_prefix(end);
    return text;
  }

  Result<std::string> ReadName() {
    const std::string_view name = rest_.substr(0, rest_.find('='));
    if (!IsValidLabelName(name)) {
      return Wrong(fmt::format("\"{}\" is not a label name", name));
    }
    rest_.remove_prefix(name.size());
    return std::string(name);
  }

  Result<Label> ReadLabel() {
    const bool quoted = rest_.starts_with('"');
    Result<std::string> name = quoted ? ReadQuoted() : ReadName();
    if (!name) {
      return Fail(name.error());
    }
    if (quoted && !rest_.starts_with('=')) {
      return Label{std::string(kMetricNameLabel), *std::move(name)};
    }
    if (!Take('=')) {
      return Wrong(fmt::format("expected \"=\" after label \"{}\"", *name));
    }
    return ReadQuoted().transform([&](std::string value) {
      return Label{*std::move(name), std::move(value)};
    });
  }

  std::string_view rest_;
};

struct TextHash {
  using is_transparent = void;

  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>()(text);
  }
};

/// Reads line by line. Remembers each series by its text, so that its labels are parsed once.
class Reader {
 public:
  explicit Reader(const OnSample& on_sample) : on_sample_(on_sample) {}

  /// Errors: without file name and line number.
  Result<void> ReadLine(std::string_view line) {
    if (ended_) {
      return Wrong("unexpected data after # EOF");
    }
    if (line == "# EOF") {
      ended_ = true;
      return {};
    }
    return line.starts_with('#') ? ReadDescription(line) : ReadSample(line);
  }

  bool ended() const { return ended_; }

  std::vector<MetricDescription> TakeFamilies() { return std::move(families_); }

 private:
  Result<void> ReadDescription(std::string_view line);
  Result<void> ReadSample(std::string_view line);
  Result<SeriesRef> SeriesOf(std::string_view text);
  Result<Labels> ReadLabels(std::string_view text) const;

  /// Makes `name` the family to which the following samples belong.
  MetricDescription& Enter(const std::string& name);

  const OnSample& on_sample_;
  std::unordered_map<std::string, SeriesRef, TextHash, std::equal_to<>> series_;
  std::unordered_map<std::string, std::size_t> family_index_;
  std::vector<MetricDescription> families_;
  std::string_view
      bound_label_;  ///< The label whose values are numbers in this family: `le`, `quantile` or "".
  bool ended_ = false;
};

MetricDescription& Reader::Enter(const std::string& name) {
  const auto [entry, is_new] = family_index_.try_emplace(name, families_.size());
  if (is_new) {
    families_.push_back({.name = name});
  }
  return families_[entry->second];
}

Result<void> Reader::ReadDescription(std::string_view line) {
  std::string_view rest = line;
  const std::string_view hash = TakeWord(rest);
  const std::string_view keyword = TakeWord(rest);
  const bool quoted = rest.starts_with('"');
  const std::size_t quoted_end = quoted ? EndOfQuoted(rest, 0) : 0;
  if (hash != "#" || quoted_end == rest.npos || rest.empty()) {
    return Wrong(fmt::format("\"{}\" is none of # TYPE, # HELP, # UNIT, # EOF", line));
  }
  std::string name;
  if (quoted) {
    name = Unescape(rest.substr(1, quoted_end - 2));
    rest.remove_prefix(std::min(quoted_end + 1, rest.size()));
  } else {
    name = TakeWord(rest);
  }
  MetricDescription& family = Enter(name);
  if (keyword == "HELP") {
    family.help = Unescape(rest);
  } else if (keyword == "UNIT") {
    family.unit = rest;
  } else if (keyword == "TYPE") {
    if (std::find(kTypes.begin(), kTypes.end(), rest) == kTypes.end()) {
      return Wrong(fmt::format("\"{}\" is not a metric type", rest));
    }
    family.type = rest;
  } else {
    return Wrong(fmt::format("\"{}\" is none of # TYPE, # HELP, # UNIT, # EOF", line));
  }
  bound_label_ = family.type == "histogram" ? "le" : family.type == "summary" ? "quantile" : "";
  return {};
}

Result<Labels> Reader::ReadLabels(std::string_view text) const {
  const auto brace = std::min(text.find('{'), text.size());
  const std::string_view name = text.substr(0, brace);
  std::vector<Label> labels;
  if (brace < text.size()) {
    Result<std::vector<Label>> read =
        LabelReader(text.substr(brace + 1, text.size() - brace - 2)).Read();
    if (!read) {
      return Fail(read.error());
    }
    labels = *std::move(read);
  }
  for (Label& label : labels) {
    if (label.name == bound_label_) {
      label.value = CanonicalBound(label.value);
    }
  }
  if (!name.empty()) {
    if (!IsValidMetricName(name)) {
      return Wrong(fmt::format("\"{}\" is not a metric name", name));
    }
    if (std::any_of(labels.begin(), labels.end(),
                    [](const Label& label) { return label.name == kMetricNameLabel; })) {
      return DuplicateName(kMetricNameLabel);
    }
    labels.push_back({std::string(kMetricNameLabel), std::string(name)});
  }
  Labels made(labels);
  return made.Has(kMetricNameLabel) ? Result<Labels>(std::move(made))
                                    : Wrong("a series without a metric name");
}

Result<SeriesRef> Reader::SeriesOf(std::string_view text) {
  if (const auto found = series_.find(text); found != series_.end()) {
    return found->second;
  }
  return ReadLabels(text).transform([&](Labels labels) {
    auto series = std::make_shared<const Series>(std::move(labels));
    return series_.emplace(text, std::move(series)).first->second;
  });
}

Result<void> Reader::ReadSample(std::string_view line) {
  const std::size_t length = SeriesLength(line);
  if (length == 0 || length == line.npos) {
    return Wrong(fmt::format("cannot read \"{}\" as a sample", line));
  }
  const Result<SeriesRef> series = SeriesOf(line.substr(0, length));
  if (!series) {
    return Fail(series.error());
  }
  std::string_view rest = line.substr(length);
  if (!rest.starts_with(' ')) {
    return Wrong(fmt::format("expected a space and a value behind {}", line.substr(0, length)));
  }
  rest.remove_prefix(1);
  const std::string_view value_text = TakeWord(rest);
  const std::optional<double> value = ParseNumber(value_text);
  if (!value) {
    return Wrong(fmt::format("\"{}\" is not a value", value_text));
  }
  const std::string_view time_text = TakeWord(rest);
  if (time_text.empty() || time_text == "#") {
    return Wrong(fmt::format("expected a timestamp for series {}", line.substr(0, length)));
  }
  const std::optional<double> seconds = ParseNumber(time_text);
  if (!seconds || !std::isfinite(*seconds) || std::abs(*seconds) > 1e15) {
    return Wrong(fmt::format("\"{}\" is not a timestamp", time_text));
  }
  if (!rest.empty() && !rest.starts_with("# {")) {
    return Wrong(fmt::format("expected an exemplar or the end of the line, found \"{}\"", rest));
  }
  const Duration since_1970(static_cast<std::int64_t>(*seconds * kMillisecondsPerSecond));
  return on_sample_(*series, Timestamp(since_1970), *value);
}

}  // namespace

Result<std::vector<MetricDescription>> ReadOpenMetrics(std::istream& text, std::string_view name,
                                                       const OnSample& on_sample) {
  Reader reader(on_sample);
  std::size_t number = 0;
  for (std::string line; std::getline(text, line);) {
    ++number;
    if (const Result<void> read = reader.ReadLine(line); !read) {
      return Fail(read.error().code, fmt::format("{}:{}: {}", name, number, read.error().message));
    }
  }
  if (!reader.ended()) {
    return Wrong(fmt::format("{}:{}: the text does not end with # EOF", name, number));
  }
  return reader.TakeFamilies();
}

}  // namespace hakem::tsdb

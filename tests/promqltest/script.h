#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "model/result.h"
#include "model/time.h"
#include "promql/parsing/series_text.h"

namespace hakem::promqltest {

using promql::ParseSeries;
using promql::ParseValue;
using promql::SeriesItem;
using promql::SeriesText;

/// `clear`: forgets all series.
struct Clear {};

/// `load 5m`: adds points at 0, 5m, 10m, …
struct Load {
  Duration interval{0};
  bool with_native_histograms = false;  ///< `load_with_nhcb`
  std::vector<SeriesText> series;
};

/// `expect warn`, `expect fail msg: …`
struct Expectation {
  enum class Kind { kFail, kWarn, kInfo, kNoWarn, kNoInfo };
  enum class Match { kAnything, kExactly, kRegex };

  Kind kind;
  Match match = Match::kAnything;
  std::string text{};
};

/// `eval instant at 5m expr` or `eval range from 0 to 10m step 1m expr`, with its expectations.
struct Eval {
  std::string expr;
  Timestamp start;
  Timestamp end;
  std::optional<Duration> step;  ///< Nothing: an instant query at `start`.
  std::vector<Expectation> expectations;
  bool ordered = false;
  std::optional<std::string> text;
  std::optional<double> scalar;
  /// `expect range vector from … to … step …`: the times of the points.
  std::optional<std::pair<Timestamp, Duration>> matrix_times;
  std::vector<SeriesText> series;
};

struct Command {
  int line = 0;
  std::variant<Clear, Load, Eval> what;
};

/// Parses a file in the test language of Prometheus' promqltest package:
/// https://github.com/prometheus/prometheus/blob/main/promql/promqltest/README.md
/// Errors: kInvalidInput; the message has the line.
Result<std::vector<Command>> ParseScript(std::string_view text);

}  // namespace hakem::promqltest

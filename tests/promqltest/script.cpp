#include "tests/promqltest/script.h"

#include <fmt/format.h>

#include <algorithm>
#include <regex>

#include "format/quote.h"
#include "model/duration.h"

namespace hakem::promqltest {
namespace {

std::string Trim(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r";
  const std::size_t begin = text.find_first_not_of(kBlanks);
  return begin == text.npos
             ? ""
             : std::string(text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1));
}

/// Returns the trimmed line; a comment becomes an empty line, which ends a block.
std::vector<std::string> SplitLines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string line = Trim(text.substr(0, end));
    lines.push_back(line.starts_with('#') ? "" : std::move(line));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

/// Parses the commands one by one.
class ScriptParser {
 public:
  explicit ScriptParser(std::string_view text) : lines_(SplitLines(text)) {}

  Result<std::vector<Command>> Run() {
    std::vector<Command> commands;
    while (next_ < lines_.size()) {
      if (lines_[next_].empty()) {
        ++next_;
        continue;
      }
      const int line = static_cast<int>(next_) + 1;
      Result<decltype(Command::what)> command = ParseCommand();
      if (!command) {
        return Fail(command.error().code,
                    fmt::format("line {}: {}", next_, command.error().message));
      }
      commands.push_back({line, *std::move(command)});
    }
    return commands;
  }

 private:
  Result<decltype(Command::what)> ParseCommand() {
    const std::string line = lines_[next_++];
    std::smatch match;
    static const std::regex load(R"(load(_with_nhcb)?\s+(\S+))");
    static const std::regex eval(R"(eval(?:_(fail|warn|info|ordered))?\s+(instant|range)\s+(.+))");
    if (line == "clear") {
      return Clear{};
    }
    if (std::regex_match(line, match, load)) {
      return ParseLoad(match[2], match[1].matched);
    }
    if (std::regex_match(line, match, eval)) {
      return ParseEval(match[1], match[2] == "range", match[3]);
    }
    return Fail(ErrorCode::kInvalidInput, fmt::format("unknown command \"{}\"", line));
  }

  Result<decltype(Command::what)> ParseLoad(const std::string& interval, bool native) {
    const Result<Duration> duration = ParseDuration(interval);
    if (!duration) {
      return Fail(duration.error());
    }
    Load load{*duration, native, {}};
    while (next_ < lines_.size() && !lines_[next_].empty()) {
      Result<SeriesText> series = ParseSeries(lines_[next_++]);
      if (!series) {
        return Fail(series.error());
      }
      load.series.push_back(*std::move(series));
    }
    return load;
  }

  Result<decltype(Command::what)> ParseEval(const std::string& legacy, bool range,
                                            const std::string& rest) {
    static const std::regex instant_at(R"(at\s+(\S+)\s+(.+))");
    static const std::regex range_from(R"(from\s+(\S+)\s+to\s+(\S+)\s+step\s+(\S+)\s+(.+))");
    std::smatch match;
    Eval eval;
    if (!std::regex_match(rest, match, range ? range_from : instant_at)) {
      return Fail(ErrorCode::kInvalidInput, fmt::format("eval of what, when: \"{}\"", rest));
    }
    const Result<Duration> start = ParseDuration(match.str(1));
    const Result<Duration> end = ParseDuration(match.str(range ? 2 : 1));
    const Result<Duration> step = ParseDuration(range ? match.str(3) : "1s");
    if (!start || !end || !step) {
      return Fail(ErrorCode::kInvalidInput, fmt::format("not a time in \"{}\"", rest));
    }
    eval.start = Timestamp{*start};
    eval.end = Timestamp{*end};
    eval.step = range ? std::optional(*step) : std::nullopt;
    eval.expr = match.str(range ? 4 : 2);
    AddLegacy(legacy, eval);
    const Result<void> body = ParseBody(eval);
    return body ? Result<decltype(Command::what)>(std::move(eval)) : Fail(body.error());
  }

  static void AddLegacy(const std::string& suffix, Eval& eval) {
    using Kind = Expectation::Kind;
    if (suffix == "ordered") {
      eval.ordered = true;
    } else if (!suffix.empty()) {
      eval.expectations.push_back({suffix == "fail"   ? Kind::kFail
                                   : suffix == "warn" ? Kind::kWarn
                                                      : Kind::kInfo});
    }
  }

  Result<void> ParseBody(Eval& eval) {
    while (next_ < lines_.size() && !lines_[next_].empty()) {
      const std::string line = lines_[next_++];
      if (line.starts_with("expect ") || line.starts_with("expected_fail_")) {
        if (Result<void> expectation = ParseExpectation(line, eval); !expectation) {
          return expectation;
        }
        continue;
      }
      if (const std::optional<double> scalar = ParseValue(line); scalar && !eval.step) {
        eval.scalar = scalar;
        continue;
      }
      Result<SeriesText> series = ParseSeries(line);
      if (!series) {
        return Fail(series.error());
      }
      eval.series.push_back(*std::move(series));
    }
    return {};
  }

  static Result<void> ParseExpectation(const std::string& line, Eval& eval) {
    static const std::regex annotation(
        R"(expect\s+(fail|warn|info|no_warn|no_info)(?:\s+(msg|regex):\s*(.+))?)");
    static const std::regex legacy(R"(expected_fail_(message|regexp)\s+(.+))");
    static const std::regex text(R"(expect\s+string\s+(.+))");
    static const std::regex matrix(
        R"(expect\s+range\s+vector\s+from\s+(\S+)\s+to\s+(\S+)\s+step\s+(\S+))");
    using Kind = Expectation::Kind;
    using Match = Expectation::Match;
    std::smatch match;
    if (line == "expect ordered") {
      eval.ordered = true;
    } else if (std::regex_match(line, match, annotation)) {
      const std::string word = match[1];
      const Kind kind = word == "fail"      ? Kind::kFail
                        : word == "warn"    ? Kind::kWarn
                        : word == "info"    ? Kind::kInfo
                        : word == "no_warn" ? Kind::kNoWarn
                                            : Kind::kNoInfo;
      eval.expectations.push_back({kind,
                                   !match[2].matched   ? Match::kAnything
                                   : match[2] == "msg" ? Match::kExactly
                                                       : Match::kRegex,
                                   match[3]});
    } else if (std::regex_match(line, match, legacy)) {
      eval.expectations.push_back(
          {Kind::kFail, match[1] == "message" ? Match::kExactly : Match::kRegex, match[2]});
    } else if (std::regex_match(line, match, text)) {
      eval.text = Unquote(match.str(1));
    } else if (std::regex_match(line, match, matrix)) {
      const Result<Duration> start = ParseDuration(match.str(1));
      const Result<Duration> end = ParseDuration(match.str(2));
      const Result<Duration> step = ParseDuration(match.str(3));
      if (!start || !end || !step) {
        return Fail(ErrorCode::kInvalidInput, fmt::format("not a time in \"{}\"", line));
      }
      eval.matrix_times = {Timestamp{*start}, *step};
      eval.start = eval.end = Timestamp{*end};
    } else {
      return Fail(ErrorCode::kInvalidInput, fmt::format("unknown expectation \"{}\"", line));
    }
    return {};
  }

  const std::vector<std::string> lines_;
  std::size_t next_ = 0;
};

}  // namespace

Result<std::vector<Command>> ParseScript(std::string_view text) {
  return ScriptParser(text).Run();
}

}  // namespace hakem::promqltest

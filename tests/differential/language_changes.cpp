#include "tests/differential/language_changes.h"

#include <algorithm>
#include <initializer_list>
#include <string_view>

namespace hakem::differential {
namespace {

bool ContainsAny(std::string_view text, std::initializer_list<std::string_view> parts) {
  return std::any_of(parts.begin(), parts.end(),
                     [&](std::string_view part) { return text.find(part) != text.npos; });
}

/// Returns a parse error's text without its position; "" for other answers.
std::string_view WithoutPlace(std::string_view error) {
  constexpr std::string_view kMark = ": parse error: ";
  const std::size_t at = error.find(kMark);
  return at == error.npos ? "" : error.substr(at + kMark.size());
}

bool BothRefuse(const Answer& prometheus, const Answer& hakem) {
  return !prometheus.error.empty() && !hakem.error.empty();
}

const LanguageChange kTokenNumber{
    "number of a token",
    "Prometheus shows a number of its parser's tables where it meets @, another one each release",
    [](const Query&, const Answer& prometheus, const Answer&) {
      return ContainsAny(prometheus.error, {"<Item "});
    }};

const LanguageChange kParameterOfTopk{
    "parameter of topk and bottomk",
    "since 3.6 it is looked at also when nothing is selected, and NaN has a text of its own",
    [](const Query&, const Answer& prometheus, const Answer& hakem) {
      return hakem.error == "Parameter value is NaN" || ContainsAny(hakem.error, {"flows int64"}) ||
             ContainsAny(prometheus.error, {"flows int64"});
    }};

const LanguageChange kFixedParameter{
    "parameter fixed by @",
    "3.5 does not heed @ in the parameter of an aggregation, and so finds samples at other steps",
    [](const Query& query, const Answer& prometheus, const Answer& hakem) {
      return prometheus.samples != hakem.samples && ContainsAny(query.expr, {"@"}) &&
             ContainsAny(query.expr, {"topk", "bottomk", "quantile", "limitk", "limit_ratio"});
    }};

const LanguageChange kDurations{
    "durations",
    "durations are expressions now, so that other tokens are expected where one is wrong",
    [](const Query&, const Answer& prometheus, const Answer& hakem) {
      return BothRefuse(prometheus, hakem) &&
             (ContainsAny(prometheus.error,
                          {"duration", "unexpected colon", "in subquery selector"}) ||
              ContainsAny(hakem.error, {"expected ':'"}));
    }};

const LanguageChange kPlaceOfOperator{
    "place of an operator behind a call",
    "3.5 miscounts the parentheses of by (), on () and start() when it says where a call ends",
    [](const Query&, const Answer& prometheus, const Answer& hakem) {
      const std::string_view text = WithoutPlace(hakem.error);
      return WithoutPlace(prometheus.error) == text &&
             ContainsAny(text, {"bool modifier can only", "comparisons between scalars",
                                "must not occur in ON and GROUP"});
    }};

const LanguageChange kOffsetOfNothing{
    "offset 0s", "refused until 3.0", [](const Query&, const Answer& prometheus, const Answer&) {
      return ContainsAny(prometheus.error, {"duration must be greater than 0"});
    }};

const LanguageChange kUtf8Names{
    "names of labels", "a label may have any name since 3.0, and any word be one in a grouping",
    [](const Query&, const Answer& prometheus, const Answer&) {
      return ContainsAny(prometheus.error, {"label name", "in grouping opts, expected label"});
    }};

const LanguageChange kNumbers{
    "numbers and durations in errors", "3.0 reads underscores in numbers, and numbers as durations",
    [](const Query&, const Answer& prometheus, const Answer& hakem) {
      return BothRefuse(prometheus, hakem) &&
             (ContainsAny(prometheus.error, {"number", "duration"}) ||
              ContainsAny(hakem.error, {"number", "duration", "unclosed left bracket"}));
    }};

const LanguageChange kCountersFromZero{
    "counters near zero", "how far rate and increase extrapolate towards zero was changed in 2.52",
    [](const Query& query, const Answer&, const Answer&) {
      return ContainsAny(
          query.expr,
          {"increase(up", "increase(queue", "increase(build", "increase(lim", "increase(temp",
           "increase(wand", "increase(extr", "increase({", "rate(up", "rate(queue", "rate(build",
           "rate(lim", "rate(temp", "rate(wand", "rate(extr", "rate({"});
    }};

const LanguageChange kDeviations{"deviation of infinities",
                                 "the deviation of a single infinity is NaN since 2.54, it was 0",
                                 [](const Query& query, const Answer&, const Answer&) {
                                   return ContainsAny(query.expr, {"stddev", "stdvar"});
                                 }};

const LanguageChange kAtan2{"atan2", "keeps the metric's name until 2.50",
                            [](const Query& query, const Answer&, const Answer&) {
                              return ContainsAny(query.expr, {"atan2"});
                            }};

const LanguageChange kDroppedMatches{
    "matches that a comparison drops", "since 3.6 they too must be unique",
    [](const Query&, const Answer&, const Answer& hakem) {
      return ContainsAny(hakem.error, {"multiple matches for labels"});
    }};

const LanguageChange kNewerFunctions{
    "experimental functions", "start(), end() and their like are known since 3.6",
    [](const Query& query, const Answer& prometheus, const Answer& hakem) {
      return ContainsAny(hakem.error, {"\" is not enabled"}) ||
             (ContainsAny(prometheus.error, {"unexpected \"(\""}) &&
              ContainsAny(query.expr, {"start", "end"}));
    }};

const LanguageChange kParserPanic{
    "panic of the parser", "Prometheus 3.5 has one where an operand is missing in an argument",
    [](const Query&, const Answer& prometheus, const Answer& hakem) {
      return prometheus.error == "unexpected error" && !hakem.error.empty();
    }};

const LanguageChange kAlternatingSeries{
    "series that become the same", "are one since 3.6 where no instant has two values",
    [](const Query&, const Answer& prometheus, const Answer& hakem) {
      return ContainsAny(prometheus.error, {"with the same labelset"}) && hakem.error.empty();
    }};

const LanguageChange kLastDigits{
    "last digits", "Go's functions of <math> round otherwise; it shows in text and in remainders",
    [](const Query& query, const Answer& prometheus, const Answer& hakem) {
      return prometheus.error.empty() && hakem.error.empty() &&
             ContainsAny(query.expr, {"count_values", "changes(", "resets(", "%", "atan2",
                                      "quantile", "tan(", "sin(", "cos("}) &&
             ContainsAny(query.expr, {"^", "atan", "sin", "cos", "tan", "exp", "ln(", "log",
                                      "rate(", "deriv", "quantile", "stddev", "stdvar"});
    }};

const LanguageChange kRegexText{
    "error of a regular expression", "shows what is put around it until 2.50",
    [](const Query&, const Answer& prometheus, const Answer& hakem) {
      return BothRefuse(prometheus, hakem) && ContainsAny(prometheus.error, {"parsing regexp"});
    }};

const LanguageChange kDurationsAsNumbers{
    "numbers as durations", "and durations as numbers, since 3.0",
    [](const Query&, const Answer& prometheus, const Answer&) {
      return ContainsAny(prometheus.error, {"unexpected duration", "unexpected number"});
    }};

const LanguageChange kTies{"ties in topk and bottomk", "were broken otherwise until 2.51",
                           [](const Query& query, const Answer&, const Answer&) {
                             return ContainsAny(query.expr, {"topk", "bottomk"});
                           }};

const LanguageChange kPredictFixed{
    "predict_linear of what @ fixes", "was evaluated once for all steps until 2.46",
    [](const Query& query, const Answer&, const Answer&) {
      return ContainsAny(query.expr, {"predict_linear"}) && ContainsAny(query.expr, {"@"});
    }};

/// Whether an arithmetic operator follows the parentheses of an `offset (…)`.
bool GoesOnBehindOffset(std::string_view expr) {
  constexpr std::string_view kOffset = "offset (";
  for (std::size_t at = expr.find(kOffset); at != expr.npos; at = expr.find(kOffset, at + 1)) {
    std::size_t end = at + kOffset.size();
    for (int open = 1; end < expr.size() && open > 0; ++end) {
      open += expr[end] == '(' ? 1 : expr[end] == ')' ? -1 : 0;
    }
    const std::size_t next = expr.find_first_not_of(' ', end);
    if (next != expr.npos && std::string_view("+-*/%^").find(expr[next]) != expr.npos) {
      return true;
    }
  }
  return false;
}

const LanguageChange kBehindOffset{"arithmetic behind offset (…)",
                                   "was read as a part of the offset until 3.6",
                                   [](const Query& query, const Answer&, const Answer&) {
                                     return GoesOnBehindOffset(query.expr);
                                   }};

const LanguageChange kEndlessDurations{
    "durations beyond 64 bits", "become any length in Prometheus, also a negative one",
    [](const Query&, const Answer&, const Answer& hakem) {
      return ContainsAny(hakem.error, {"duration is out of range"});
    }};

const LanguageChange kRatioNan{"limit_ratio(NaN, …)",
                               "is an error even of nothing, and says NaN once, since 3.6",
                               [](const Query&, const Answer&, const Answer& hakem) {
                                 return hakem.error == "Ratio value is NaN";
                               }};

const LanguageChange kInfo{
    "info()",
    "in 3.5 tells of another instance at some steps, reads of what @ and offset shift the past "
    "alone, and drops series without job and instance",
    [](const Query& query, const Answer& prometheus, const Answer& hakem) {
      const bool shifted = query.range || ContainsAny(query.expr, {"@", "offset"});
      return ContainsAny(query.expr, {"info("}) &&
             (shifted || prometheus.rows.size() < hakem.rows.size());
    }};

const LanguageChange kSortedRange{
    "sort in range queries", "warns since 3.12 that it is ineffective",
    [](const Query&, const Answer& prometheus, const Answer& hakem) {
      Answer silent = hakem;
      std::erase_if(silent.warnings, [](const std::string& warning) {
        return ContainsAny(warning, {"sort is ineffective for range queries"});
      });
      return silent.warnings.size() < hakem.warnings.size() &&
             Difference(prometheus, silent).empty();
    }};

const LanguageChange kShiftedTimestamp{
    "timestamp of what offset and @ shift",
    "Prometheus looks for the sample without regard to the offset, within the lookback of @",
    [](const Query& query, const Answer&, const Answer&) {
      return ContainsAny(query.expr, {"timestamp("}) && ContainsAny(query.expr, {"@"}) &&
             ContainsAny(query.expr, {"offset"});
    }};

const LanguageChange kDeviationOfNan{"mad_over_time of NaN", "is NaN since 3.6",
                                     [](const Query& query, const Answer&, const Answer&) {
                                       return ContainsAny(query.expr,
                                                          {"mad_over_time(temperature"});
                                     }};

}  // namespace

std::vector<LanguageChange> ChangesSince242() {
  return {kTokenNumber,    kParameterOfTopk, kOffsetOfNothing,    kUtf8Names,   kPlaceOfOperator,
          kNumbers,        kDurations,       kCountersFromZero,   kDeviations,  kAtan2,
          kLastDigits,     kRegexText,       kDurationsAsNumbers, kTies,        kPredictFixed,
          kDroppedMatches, kNewerFunctions,  kAlternatingSeries,  kParserPanic, kShiftedTimestamp};
}

std::vector<LanguageChange> ChangesSince35() {
  return {kTokenNumber,    kParameterOfTopk,   kFixedParameter,
          kDurations,      kPlaceOfOperator,   kDroppedMatches,
          kNewerFunctions, kAlternatingSeries, kLastDigits,
          kParserPanic,    kBehindOffset,      kRatioNan,
          kInfo,           kDeviationOfNan,    kEndlessDurations,
          kSortedRange,    kShiftedTimestamp};
}

std::vector<std::string> FunctionsNewerThan242() {
  return {"first_over_time", "histogram_fraction"};
}

std::vector<std::string> FunctionsNewerThan35() {
  return {"end",
          "first_over_time",
          "histogram_fraction",
          "histogram_quantiles",
          "max_of",
          "min_of",
          "range",
          "start",
          "start_timestamp",
          "step",
          "ts_of_first_over_time"};
}

}  // namespace hakem::differential

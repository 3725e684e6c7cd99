#include "tests/differential/query_generator.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "tests/differential/history.h"

namespace hakem::differential {
namespace {

using promql::Feature;
using promql::FunctionSpec;
using promql::ValueType;

constexpr int kDepth = 3;

constexpr std::string_view kMetrics[] = {"requests_total",
                                         "requests_total",
                                         "temperature_celsius",
                                         "temperature_celsius",
                                         "queue_length",
                                         "up",
                                         "build_info",
                                         "latency_seconds_bucket",
                                         "latency_seconds_count",
                                         "latency_seconds_sum",
                                         "extreme",
                                         "wandering",
                                         "limit",
                                         "nothing"};
constexpr std::string_view kMatchers[] = {
    R"(job="api")",       R"(job!="api")",   R"(instance=~"a:1|c:1")", R"(instance=~"a.*")",
    R"(instance!~".*1")", R"(path="/")",     R"(path=~"/.+")",         R"(code="500")",
    R"(code!~"5..")",     R"(absent="")",    R"(absent!="")",          R"(job=~"^api$")",
    R"(le="+Inf")",       R"(le=~"0.*")",    R"(version="1.2")",       R"(n=~"[0-3]")",
    R"(job=~"api|web",)", R"(job='w\x65b')", R"(job=~"(?i)API")",      R"(code=~"200|")"};
constexpr std::string_view kNameMatchers[] = {
    R"({__name__="up"})", R"x({__name__=~"latency_seconds_(sum|count)"})x",
    R"({__name__=~"up|limit",job="api"})", R"({job="api",__name__!~".*_.*"})",
    R"({n=~".+"})"};  // namespace

constexpr std::string_view kLengths[] = {"15s", "30s", "1m",  "1m30s", "2m",
                                         "5m",  "7m",  "15m", "1h"};
constexpr std::string_view kResolutions[] = {"15s", "20s", "30s", "1m", "2m", "5m"};
constexpr std::string_view kOffsets[] = {"15s", "1m", "5m", "-30s", "-2m", "20m", "1h", "0s"};
constexpr std::string_view kLabels[] = {"job", "instance", "path",   "code",    "version",
                                        "le",  "n",        "absent", "__name__"};
constexpr std::string_view kNumbers[] = {"0",   "1",    "2",   "0.5", "10",  "-1",
                                         "1e3", "0x1F", "1.5", ".25", "Inf", "-Inf",
                                         "NaN", "3",    "100", "017", "1e-3"};
constexpr std::string_view kArithmetic[] = {"+", "-", "*", "/", "%", "^", "atan2"};
constexpr std::string_view kComparisons[] = {"==", "!=", ">", "<", ">=", "<="};
constexpr std::string_view kSets[] = {"and", "or", "unless"};
constexpr std::string_view kSimpleAggregations[] = {"sum",   "avg",   "min",    "max",
                                                    "count", "group", "stddev", "stdvar"};
constexpr std::string_view kTexts[] = {R"("")",    R"("job")",         R"("path")",
                                       R"("$1")",  R"x("/(.*)")x",     R"('x')",
                                       R"(`raw`)", R"x("(.*):(.*)")x", R"("a\tb")"};
constexpr std::string_view kFragments[] = {
    "(",      ")",     "{",  "}",     "[",        "]",          ",",       "by",  "on",
    "offset", "@",     "5m", "1",     "\"a\"",    "sum",        "rate",    "and", "bool",
    "-",      "+",     "==", "!",     "=~",       "x",          ":",       "#",   "\n",
    " ",      "start", "()", "1.2.3", "ignoring", "group_left", "without", "$",   "'",
    "é",      "0x",    "1e", "5m3",   "{}",       "unknown(",   "=",       "@ 1"};

}  // namespace

QueryGenerator::QueryGenerator(Random& random, const std::vector<std::string>& unused_functions,
                               promql::Features features)
    : random_(random), features_(features) {
  const bool experimental = features.Has(Feature::kExperimentalFunctions);
  for (const promql::FunctionFamily& family : promql::FunctionFamilies()) {
    for (const FunctionSpec& function : family) {
      const bool unused = std::find(unused_functions.begin(), unused_functions.end(),
                                    function.name) != unused_functions.end();
      const bool called =
          function.availability == promql::Availability::kStable ||
          (experimental && function.availability == promql::Availability::kExperimental);
      if (unused || !called) {
        continue;
      }
      (function.result == ValueType::kScalar ? scalar_functions_ : vector_functions_)
          .push_back(&function);
    }
  }
}

std::string QueryGenerator::Any() {
  const std::size_t kind = random_.Below(20);
  return kind == 0   ? Range(kDepth)
         : kind == 1 ? Scalar(kDepth)
         : kind == 2 ? Text()
                     : Vector(kDepth);
}

std::string QueryGenerator::Plottable() {
  return random_.Chance(8) ? Scalar(kDepth) : Vector(kDepth);
}

std::string QueryGenerator::Garbled() {
  std::string query = Any();
  for (std::size_t edits = 1 + random_.Below(2); edits > 0; --edits) {
    const std::size_t at = random_.Below(query.size() + 1);
    switch (random_.Below(4)) {
      case 0:
        query.erase(std::min(at, query.size() - 1), 1 + random_.Below(3));
        break;
      case 1:
        query.insert(at, random_.OneOf(kFragments));
        break;
      case 2:
        query.insert(at, fmt::format(" {} ", random_.OneOf(kFragments)));
        break;
      default:
        query.resize(at);
    }
    if (query.empty()) {
      query = random_.OneOf(kFragments);
    }
  }
  return query;
}

std::string QueryGenerator::OfType(ValueType type, int depth) {
  if (random_.Chance(1)) {
    return random_.Chance(50) ? Range(0) : Text();  // Mostly rejected.
  }
  switch (type) {
    case ValueType::kScalar:
      return Scalar(depth);
    case ValueType::kVector:
      return Vector(depth);
    case ValueType::kMatrix:
      return Range(depth);
    case ValueType::kString:
      return Text();
  }
  return {};
}

std::string QueryGenerator::Vector(int depth) {
  const std::size_t kind = random_.Below(depth <= 0 ? 10 : 100);
  if (kind < 12) {
    return Selector() + Shift();
  }
  if (kind < 45) {
    return Call(vector_functions_, depth - 1);
  }
  if (kind < 65) {
    return Aggregation(depth - 1);
  }
  if (kind < 75) {
    const std::string op{random_.Chance(50) ? random_.OneOf(kArithmetic)
                                            : random_.OneOf(kComparisons)};
    const bool scalar_first = random_.Chance(30);
    const std::string vector = Vector(depth - 1);
    const std::string scalar = Scalar(depth - 1);
    return fmt::format("{} {}{} {}", scalar_first ? scalar : vector, op,
                       random_.Chance(20) ? " bool" : "", scalar_first ? vector : scalar);
  }
  if (kind < 92) {
    return Joined(depth - 1);
  }
  if (kind < 95) {
    return fmt::format("-{}", Vector(depth - 1));
  }
  return fmt::format("({})", Vector(depth - 1));
}

std::string QueryGenerator::Range(int depth) {
  if (depth <= 0 || random_.Chance(75)) {
    return fmt::format("{}[{}]{}", Selector(), Length(), Shift());
  }
  return fmt::format("{}[{}:{}]{}", Vector(depth - 1), Length(),
                     random_.Chance(80) ? random_.OneOf(kResolutions) : "", Shift());
}

std::string QueryGenerator::Scalar(int depth) {
  if (depth <= 0 || random_.Chance(60)) {
    return Number();
  }
  if (random_.Chance(50)) {
    return Call(scalar_functions_, depth - 1);
  }
  return BinaryScalar(depth - 1);
}

std::string QueryGenerator::BinaryScalar(int depth) {
  if (random_.Chance(20)) {
    return fmt::format("-{}", Scalar(depth));
  }
  const bool compares = random_.Chance(30);
  return fmt::format("({} {} {})", Scalar(depth),
                     compares ? fmt::format("{} bool", random_.OneOf(kComparisons))
                              : std::string(random_.OneOf(kArithmetic)),
                     Scalar(depth));
}

std::string QueryGenerator::Text() {
  return std::string(random_.OneOf(kTexts));
}

std::string QueryGenerator::Number() {
  return std::string(random_.OneOf(kNumbers));
}

std::string QueryGenerator::DurationExpression(int depth) {
  constexpr std::string_view kOperands[] = {"15s", "30s", "1m",   "2", "0.5",
                                            "90",  "5m",  "(1m)", "0"};
  constexpr std::string_view kOperators[] = {"+", "+", "-", "*", "/", "%", "^"};
  if (depth <= 0 || random_.Chance(30)) {
    return std::string(random_.OneOf(kOperands));
  }
  switch (random_.Below(6)) {
    case 0:
      return fmt::format("({})", DurationExpression(depth - 1));
    case 1:
      return fmt::format("-{}", DurationExpression(depth - 1));
    default:
      return fmt::format("{} {} {}", DurationExpression(depth - 1), random_.OneOf(kOperators),
                         DurationExpression(depth - 1));
  }
}

std::string QueryGenerator::Length() {
  if (features_.Has(Feature::kDurationExpressions) && random_.Chance(25)) {
    return DurationExpression(2);
  }
  return std::string(random_.OneOf(kLengths));
}

std::string QueryGenerator::Matchers() {
  std::string matchers;
  for (std::size_t count = random_.Below(3); count > 0; --count) {
    matchers += fmt::format("{}{}", matchers.empty() || matchers.ends_with(',') ? "" : ",",
                            random_.OneOf(kMatchers));
  }
  return matchers;
}

std::string QueryGenerator::Selector() {
  if (random_.Chance(4)) {
    return std::string(random_.OneOf(kNameMatchers));
  }
  const std::string matchers = random_.Chance(50) ? Matchers() : "";
  return matchers.empty() ? std::string(random_.OneOf(kMetrics))
                          : fmt::format("{}{{{}}}", random_.OneOf(kMetrics), matchers);
}

std::string QueryGenerator::Shift() {
  std::string shift;
  if (random_.Chance(8)) {
    const std::size_t kind = random_.Below(4);
    const Timestamp time =
        History::kBegin + std::chrono::seconds(15 * random_.Below(250)) + Duration{43};
    shift += kind == 0   ? " @ start()"
             : kind == 1 ? " @ end()"
                         : fmt::format(" @ {:.3f}", ToUnixSeconds(time));
  }
  if (random_.Chance(10)) {
    const bool computed = features_.Has(Feature::kDurationExpressions) && random_.Chance(40);
    shift += computed ? fmt::format(" offset ({})", DurationExpression(2))
                      : fmt::format(" offset {}", random_.OneOf(kOffsets));
  }
  return shift;
}

std::string QueryGenerator::Names() {
  std::string names;
  for (std::size_t count = random_.Below(4); count > 0; --count) {
    names += fmt::format("{}{}", names.empty() ? "" : ", ", random_.OneOf(kLabels));
  }
  return names;
}

std::string QueryGenerator::Aggregation(int depth) {
  const std::string grouping =
      random_.Chance(70) ? fmt::format(" {} ({}) ", random_.Chance(60) ? "by" : "without", Names())
                         : "";
  std::string op{random_.OneOf(kSimpleAggregations)};
  std::string parameter;
  if (random_.Chance(35)) {
    constexpr std::string_view kWithNumber[] = {"topk", "bottomk", "quantile", "quantile"};
    op = random_.OneOf(kWithNumber);
    constexpr std::string_view kUsual[] = {"1", "2", "3", "0.5", "0.9"};
    parameter = random_.Chance(60) ? std::string(random_.OneOf(kUsual)) : Scalar(depth);
  } else if (features_.Has(Feature::kExperimentalFunctions) && random_.Chance(15)) {
    op = random_.Chance(50) ? "limitk" : "limit_ratio";
    constexpr std::string_view kUsual[] = {"1", "2", "0.5", "0.1", "-0.5", "-0.7", "0.8", "1.5"};
    parameter = random_.Chance(80) ? std::string(random_.OneOf(kUsual)) : Scalar(depth);
  } else if (random_.Chance(8)) {
    op = "count_values";
    parameter = random_.Chance(80) ? R"("value")" : Text();
  }
  const std::string arguments = fmt::format("({}{}{})", parameter, parameter.empty() ? "" : ", ",
                                            OfType(ValueType::kVector, depth));
  return random_.Chance(50) ? op + grouping + arguments : op + arguments + grouping;
}

std::string QueryGenerator::LabelFunction(int depth) {
  constexpr std::string_view kSources[] = {"job", "instance", "path", "absent", "__name__"};
  constexpr std::string_view kTargets[] = {"new", "job", "instance", "__name__", "path"};
  if (random_.Chance(35)) {
    return fmt::format(R"(label_join({}, "{}", "-", "{}", "{}"))", Vector(depth),
                       random_.OneOf(kTargets), random_.OneOf(kSources), random_.OneOf(kSources));
  }
  constexpr std::string_view kPatterns[] = {"(.*)",          "(.*):(.*)", "a.*",
                                            "/(?P<word>.*)", "",          "x|(a|w).*"};
  constexpr std::string_view kReplacements[] = {"$1", "${1}_x", "$2$1", "fixed",
                                                "",   "$word",  "$$1"};
  return fmt::format(R"(label_replace({}, "{}", "{}", "{}", "{}"))", Vector(depth),
                     random_.OneOf(kTargets), random_.OneOf(kReplacements), random_.OneOf(kSources),
                     random_.OneOf(kPatterns));
}

std::string QueryGenerator::InfoCall(int depth) {
  constexpr std::string_view kSelectors[] = {
      R"({__name__="build_info"})", R"({__name__="build_info", version=~".+"})",
      R"({__name__=~"build_.*", version="1.2"})", R"({version="1.2"})", R"({__name__="up"})"};
  const std::string vector = Vector(depth);
  return random_.Chance(10) ? fmt::format("info({})", vector)
                            : fmt::format("info({}, {})", vector, random_.OneOf(kSelectors));
}

std::string QueryGenerator::SortByLabel(std::string_view name, int depth) {
  const std::string vector = Vector(depth);
  return fmt::format(R"({}({}, "{}", "{}"))", name, vector, random_.OneOf(kLabels),
                     random_.OneOf(kLabels));
}

std::string QueryGenerator::Call(const std::vector<const FunctionSpec*>& functions, int depth) {
  const FunctionSpec& function = *random_.OneOf(functions);
  if (function.name.starts_with("label_") && random_.Chance(90)) {
    return LabelFunction(depth);
  }
  if (function.name == "info") {
    return InfoCall(depth);
  }
  if (function.name.starts_with("sort_by_label")) {
    return SortByLabel(function.name, depth);
  }
  std::size_t count = function.arguments.size();
  if (function.optional != 0) {
    count -= random_.Below(2);
  }
  if (random_.Chance(1)) {
    count += 1;  // Mostly rejected.
  }
  std::string arguments;
  for (std::size_t i = 0; i < count; ++i) {
    const ValueType type =
        i < function.arguments.size() ? function.arguments[i] : ValueType::kScalar;
    const bool buckets = function.name.starts_with("histogram_") && type == ValueType::kVector;
    arguments += fmt::format("{}{}", i == 0 ? "" : ", ",
                             buckets && random_.Chance(70)
                                 ? fmt::format("rate(latency_seconds_bucket[{}])", Length())
                                 : OfType(type, depth));
  }
  return fmt::format("{}({})", function.name, arguments);
}

std::string QueryGenerator::Matching() {
  if (random_.Chance(35)) {
    return "";
  }
  constexpr std::string_view kUsual[] = {"job, instance", "job", "instance",
                                         "job, instance, path, code"};
  std::string matching =
      fmt::format(" {} ({})", random_.Chance(70) ? "on" : "ignoring",
                  random_.Chance(70) ? std::string(random_.OneOf(kUsual)) : Names());
  if (random_.Chance(60)) {
    matching += random_.Chance(70) ? " group_left" : " group_right";
    matching +=
        random_.Chance(50) ? fmt::format(" ({})", random_.Chance(50) ? "version" : Names()) : "";
  }
  return matching;
}

std::string QueryGenerator::Joined(int depth) {
  const std::size_t kind = random_.Below(10);
  const std::string lhs = Vector(depth);
  std::string op{kind < 5   ? random_.OneOf(kArithmetic)
                 : kind < 7 ? random_.OneOf(kComparisons)
                            : random_.OneOf(kSets)};
  if ((kind == 5 || random_.Chance(1)) && random_.Chance(60)) {
    op += " bool";
  }
  const std::string rhs = random_.Chance(40) ? lhs : Vector(depth);
  std::string matching = Matching();
  if (kind >= 7 && random_.Chance(97)) {
    matching.resize(std::min(matching.find(" group_"), matching.size()));
  }
  return fmt::format("{} {}{} {}", lhs, op, matching, rhs);
}

}  // namespace hakem::differential

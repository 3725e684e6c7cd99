#include "web/api_v1/query/query_handler.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <variant>
#include <vector>

#include "format/json_writer.h"
#include "promql/evaluation/durations.h"
#include "promql/parsing/parser.h"
#include "web/api_v1/json/value.h"
#include "web/api_v1/request/parameters.h"
#include "web/http/envelope.h"

namespace hakem::web {
namespace {

constexpr std::size_t kMostNotes = 10;
constexpr std::int64_t kMostSteps = 11'000;
constexpr std::string_view kTruncated = "results truncated due to limit";

/// The first ten texts, and one that says how many more there are.
std::vector<std::string> Shortened(const std::vector<std::string>& texts, std::string_view kind) {
  std::vector<std::string> shown(
      texts.begin(),
      texts.begin() + static_cast<std::ptrdiff_t>(std::min(texts.size(), kMostNotes)));
  if (texts.size() > kMostNotes) {
    shown.push_back(fmt::format("{} more {} annotations omitted", texts.size() - kMostNotes, kind));
  }
  return shown;
}

/// The response for an error of the evaluation, with Prometheus' texts and statuses.
Response Failure(const Error& error) {
  switch (error.code) {
    case ErrorCode::kTimeout:
      return ApiError(503, "timeout", error.message);
    case ErrorCode::kUnavailable:
      return ApiError(503, "canceled", error.message);
    case ErrorCode::kInternal:
      return ApiError(500, "internal", error.message);
    default:
      return ApiError(422, "execution", error.message);
  }
}

/// Removes elements beyond the limit (0 means no limit). Returns whether there were any.
bool Truncate(promql::Value& value, std::size_t limit) {
  const auto shorten = [limit](auto& list) {
    const bool longer = limit > 0 && list.size() > limit;
    if (longer) {
      list.erase(list.begin() + static_cast<std::ptrdiff_t>(limit), list.end());
    }
    return longer;
  };
  if (auto* vector = std::get_if<promql::Vector>(&value)) {
    return shorten(*vector);
  }
  auto* matrix = std::get_if<promql::Matrix>(&value);
  return matrix != nullptr && shorten(*matrix);
}

struct Timing {
  Duration waited;
  SteadyTime admitted;
  SteadyTime evaluated;
};

/// Writes `[[1764001000,5],[1764001015,5]]`.
void WritePerStep(JsonWriter& json, const promql::SampleCounts& counts) {
  json.Array(counts.per_step, [&](const auto& step) {
    json.Array([&] {
      json.Value(ToUnixSeconds(step.time));
      json.Value(step.samples);
    });
  });
}

/// Writes what the parameter `stats` requests: durations in seconds, and how many samples were
/// read; with `all` also for each step.
void WriteStatistics(JsonWriter& json, const Timing& timing, const promql::SampleCounts& counts,
                     bool all) {
  const double queued = ToSeconds(timing.waited);
  const double evaluated = ToSeconds(timing.evaluated - timing.admitted);
  json.Object([&] {
    json.Key("timings").Object([&] {
      json.Member("evalTotalTime", evaluated);
      json.Member("resultSortTime", 0);
      json.Member("queryPreparationTime", 0);
      json.Member("innerEvalTime", evaluated);
      json.Member("execQueueTime", queued);
      json.Member("execTotalTime", queued + evaluated);
    });
    json.Key("samples").Object([&] {
      if (all) {
        WritePerStep(json.Key("totalQueryableSamplesPerStep"), counts);
      }
      json.Member("totalQueryableSamples", counts.Total());
      json.Member("peakSamples", counts.peak);
    });
  });
}

Result<promql::StepRange> ReadRange(const Request& request) {
  const Result<Timestamp> start = RequiredTime(request, "start");
  if (!start) {
    return Fail(start.error());
  }
  const Result<Timestamp> end = RequiredTime(request, "end");
  if (!end) {
    return Fail(end.error());
  }
  if (*end < *start) {
    return InvalidParameter("end", "end timestamp must not be before start time");
  }
  const Result<Duration> step = ParseApiDuration(OneOf(request, "step"));
  if (!step) {
    return InvalidParameter("step", step.error().message);
  }
  if (*step <= Duration(0)) {
    return InvalidParameter("step",
                            "zero or negative query resolution step widths are not accepted. Try "
                            "a positive integer");
  }
  if ((*end - *start) / *step > kMostSteps) {
    return Fail(ErrorCode::kInvalidInput,
                "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the "
                "query resolution (?step=XX)");
  }
  return promql::StepRange{*start, *end, *step};
}

QueryHandler HandlerFor(const HandlerContext& context) {
  return QueryHandler({.data = context.store,
                       .clock = context.clock,
                       .stop = context.stop,
                       .features = context.features});
}

constexpr Endpoint kEndpoints[] = {
    {.path = "/api/v1/query",
     .methods = Methods::kGetOrPost,
     .kind = Kind::kApi,
     .execution = Execution::kInTurn,
     .answer =
         [](const Call& call) {
           return HandlerFor(call.context).Instant(call.request, call.waited);
         }},
    {.path = "/api/v1/query_range",
     .methods = Methods::kGetOrPost,
     .kind = Kind::kApi,
     .execution = Execution::kInTurn,
     .answer =
         [](const Call& call) {
           return HandlerFor(call.context).Range(call.request, call.waited);
         }},
};

}  // namespace

const EndpointTable kQueryEndpoints = kEndpoints;

Result<QueryHandler::Query> QueryHandler::ReadQuery(const Request& request,
                                                    const promql::QueryTimes& times) const {
  promql::EngineOptions options{.features = deps_.features,
                                .clock = &deps_.clock,
                                .cancelled =
                                    [stop = deps_.stop, gone = request.client_gone] {
                                      return stop.stop_requested() || (gone && gone());
                                    },
                                .counts_samples = !OneOf(request, "stats").empty()};
  const Result<std::optional<Duration>> timeout = OptionalDuration(request, "timeout");
  if (!timeout) {
    return Fail(timeout.error());
  }
  options.timeout = std::min(options.timeout, timeout->value_or(options.timeout));
  if (const std::string text = OneOf(request, "lookback_delta"); !text.empty()) {
    const Result<Duration> lookback = ParseApiDuration(text);
    if (!lookback) {
      return Fail(ErrorCode::kInvalidInput, fmt::format("error parsing lookback delta duration: {}",
                                                        lookback.error().message));
    }
    options.lookback = *lookback > Duration(0) ? *lookback : options.lookback;
  }
  Result<promql::ExprPtr> expr = promql::Parse(OneOf(request, "query"), deps_.features);
  if (!expr) {
    return InvalidParameter("query", expr.error().message);
  }
  if (const Result<void> durations = promql::CheckDurations(**expr, times); !durations) {
    return InvalidParameter("query", durations.error().message);
  }
  return Query{*std::move(expr), std::move(options)};
}

template <typename Evaluate>
Response QueryHandler::Answer(const Request& request, std::size_t limit, Duration waited,
                              Query query, Evaluate evaluate) const {
  Timing timing{.waited = waited, .admitted = deps_.clock.SteadyNow(), .evaluated = {}};
  query.options.timeout -= waited;
  Result<promql::Evaluation> evaluation = evaluate(query);
  if (!evaluation) {
    return Failure(evaluation.error());
  }
  timing.evaluated = deps_.clock.SteadyNow();
  ApiNotes notes{.warnings = Shortened(evaluation->annotations.warnings(), "warning"),
                 .infos = Shortened(evaluation->annotations.infos(), "info")};
  if (Truncate(evaluation->value, limit)) {
    notes.warnings.emplace_back(kTruncated);
  }
  const std::string stats = OneOf(request, "stats");
  return ApiObject(
      [&](JsonWriter& json) {
        AppendValue(json.Raw(), evaluation->value);
        if (!stats.empty()) {
          WriteStatistics(json.Key("stats"), timing, evaluation->samples, stats == "all");
        }
      },
      notes);
}

Response QueryHandler::Instant(const Request& request, Duration waited) const {
  const Result<std::size_t> limit = ParseLimit(request);
  if (!limit) {
    return BadData(limit.error().message);
  }
  const Result<Timestamp> time = OptionalTime(request, "time", deps_.clock.Now());
  if (!time) {
    return BadData(time.error().message);
  }
  Result<Query> query = ReadQuery(request, {.start = *time, .end = *time});
  if (!query) {
    return BadData(query.error().message);
  }
  return Answer(request, *limit, waited, *std::move(query), [&](const Query& admitted) {
    return promql::EvaluateInstant(*admitted.expr, deps_.data, *time, admitted.options);
  });
}

Response QueryHandler::Range(const Request& request, Duration waited) const {
  const Result<std::size_t> limit = ParseLimit(request);
  if (!limit) {
    return BadData(limit.error().message);
  }
  const Result<promql::StepRange> range = ReadRange(request);
  if (!range) {
    return BadData(range.error().message);
  }
  Result<Query> query =
      ReadQuery(request, {.start = range->start, .end = range->end, .step = range->step});
  if (!query) {
    return BadData(query.error().message);
  }
  if (const promql::ValueType type = query->expr->type();
      type != promql::ValueType::kScalar && type != promql::ValueType::kVector) {
    return BadData(
        fmt::format("invalid parameter \"query\": invalid expression type \"{}\" for "
                    "range query, must be Scalar or instant Vector",
                    promql::ToString(type)));
  }
  return Answer(request, *limit, waited, *std::move(query), [&](const Query& admitted) {
    return promql::EvaluateRange(*admitted.expr, deps_.data, *range, admitted.options);
  });
}

}  // namespace hakem::web

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <optional>
#include <set>

#include "format/number.h"
#include "format/quote.h"
#include "promql/evaluation/functions/classic_histogram.h"
#include "promql/evaluation/functions/function_call.h"
#include "promql/evaluation/functions/functions.h"
#include "promql/evaluation/label_groups.h"
#include "promql/evaluation/operators/quantile.h"

namespace hakem::promql {
namespace {

constexpr std::string_view kBoundLabel = "le";

struct BucketSeries {
  double upper_bound;
  const StepSeries* series;
};

/// The bucket series of one classic histogram.
struct Histogram {
  Labels labels;  ///< Without `le`.
  bool drop_name;
  std::vector<BucketSeries> buckets;  ///< Sorted by their bounds.

  /// Returns the buckets that have a count at the step.
  std::vector<Bucket> At(std::size_t step) const {
    std::vector<Bucket> present;
    present.reserve(buckets.size());
    for (const BucketSeries& bucket : buckets) {
      if (const double count = bucket.series->values[step]; !IsGap(count)) {
        present.push_back({bucket.upper_bound, count});
      }
    }
    return present;
  }
};

std::string ForMetric(const Labels& labels) {
  const std::string_view name = labels.metric_name();
  return name.empty() ? "" : fmt::format(" for metric name {}", Quote(name));
}

std::optional<double> ParseBound(std::string_view text) {
  if (text.starts_with('+')) {
    text.remove_prefix(1);
  }
  double bound = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, bound);
  return error == std::errc{} && stop == end ? std::optional(bound) : std::nullopt;
}

/// Groups the series that differ only in `le`. Warns about series without a valid `le`.
std::vector<Histogram> Assemble(const StepVector& vector, const Position& position,
                                Annotations& annotations) {
  std::vector<Histogram> histograms;
  LabelGroups numbers(LabelSelection::Without({std::string(kBoundLabel)}));
  for (const StepSeries& series : vector) {
    if (std::all_of(series.values.begin(), series.values.end(), IsGap)) {
      continue;
    }
    const std::string_view text = series.labels.Get(kBoundLabel);
    const std::optional<double> bound = ParseBound(text);
    if (!bound) {
      annotations.Warn(fmt::format("bucket label \"le\" is missing or has a malformed value of "
                                   "{}{}",
                                   Quote(text), ForMetric(series.labels)),
                       position);
      continue;
    }
    const std::size_t number = numbers.Add(series.labels);
    if (number == histograms.size()) {
      histograms.push_back({numbers.LabelsOf(number), series.drop_name, {}});
    }
    histograms[number].buckets.push_back({*bound, &series});
  }
  for (Histogram& histogram : histograms) {
    std::stable_sort(
        histogram.buckets.begin(), histogram.buckets.end(),
        [](const BucketSeries& a, const BucketSeries& b) { return a.upper_bound < b.upper_bound; });
  }
  return histograms;
}

/// Computes one series for each histogram by calls of `calculate(buckets, step, histogram)`.
template <typename Calculate>
StepVector MapHistograms(FunctionCall& call, std::size_t argument, Calculate calculate) {
  const StepVector vector = call.Vector(argument);
  StepVector result;
  for (const Histogram& histogram :
       Assemble(vector, call.ArgumentPosition(argument), call.annotations())) {
    call.evaluator().context().CheckRunning();
    StepSeries series{histogram.labels, histogram.drop_name, StepRow(call.steps().count, kGap)};
    for (std::size_t step = 0; step < series.values.size(); ++step) {
      if (std::vector<Bucket> buckets = histogram.At(step); !buckets.empty()) {
        series.values[step] = calculate(std::move(buckets), step, histogram);
      }
    }
    result.push_back(std::move(series));
  }
  DropNames(result, call.options());
  return result;
}

StepScalar ReadQuantile(FunctionCall& call, std::size_t argument) {
  StepScalar q = call.Scalar(argument);
  for (const double value : q) {
    WarnOfInvalidQuantile(value, call.ArgumentPosition(argument), call.annotations());
  }
  return q;
}

void InformOfRepair(FunctionCall& call, const Labels& labels, std::size_t argument) {
  call.annotations().Inform(
      fmt::format("input to histogram_quantile needed to be fixed for monotonicity (see "
                  "https://prometheus.io/docs/prometheus/latest/querying/functions/"
                  "#histogram_quantile){}",
                  ForMetric(labels)),
      call.ArgumentPosition(argument));
}

StepValue HistogramQuantiles(FunctionCall& call) {
  const StepScalar q = ReadQuantile(call, 0);
  return MapHistograms(
      call, 1, [&](std::vector<Bucket> buckets, std::size_t step, const Histogram& histogram) {
        const HistogramQuantile quantile = QuantileOf(q[step], std::move(buckets));
        if (quantile.repaired) {
          InformOfRepair(call, histogram.labels, 1);
        }
        return quantile.value;
      });
}

/// Formats a quantile as a label value: `0.0`, `0.99`.
std::string FormatQuantile(double q) {
  std::string text = FormatNumber(q, NumberForm::kGeneral);
  return text.find_first_not_of("-0123456789") == text.npos ? text + ".0" : text;
}

/// Computes the series of one quantile argument. If it differs between steps: of one of its values.
StepSeries QuantileSeries(FunctionCall& call, const Histogram& histogram, const StepScalar& q,
                          const std::string& label, const std::string& text) {
  StepSeries series{histogram.labels.With(label, text), histogram.drop_name,
                    StepRow(q.size(), kGap)};
  for (std::size_t step = 0; step < q.size(); ++step) {
    std::vector<Bucket> buckets =
        FormatQuantile(q[step]) == text ? histogram.At(step) : std::vector<Bucket>{};
    if (buckets.empty()) {
      continue;
    }
    const HistogramQuantile quantile = QuantileOf(q[step], std::move(buckets));
    if (quantile.repaired) {
      InformOfRepair(call, histogram.labels, 0);
    }
    series.values[step] = quantile.value;
  }
  return series;
}

/// histogram_quantiles(v, label, q…): `label` of each result says which quantile it is.
StepValue SeveralQuantiles(FunctionCall& call) {
  const std::string label = call.Text(1);
  std::vector<StepScalar> quantiles;
  for (std::size_t i = 2; i < call.size(); ++i) {
    quantiles.push_back(ReadQuantile(call, i));
  }
  const StepVector vector = call.Vector(0);
  QueryContext& context = call.evaluator().context();
  StepVector result;
  for (const Histogram& histogram :
       Assemble(vector, call.ArgumentPosition(0), call.annotations())) {
    for (const StepScalar& q : quantiles) {
      std::set<std::string> texts;
      std::transform(q.begin(), q.end(), std::inserter(texts, texts.end()), FormatQuantile);
      for (const std::string& text : texts) {
        context.CheckRunning();
        context.CheckRoom(result.size() + 1, q.size());
        result.push_back(QuantileSeries(call, histogram, q, label, text));
      }
    }
  }
  MergeSameLabels(result);
  DropNames(result, call.options());
  return result;
}

StepValue HistogramFractions(FunctionCall& call) {
  const StepScalar lower = call.Scalar(0);
  const StepScalar upper = call.Scalar(1);
  return MapHistograms(call, 2,
                       [&](std::vector<Bucket> buckets, std::size_t step, const Histogram&) {
                         return FractionOf(lower[step], upper[step], std::move(buckets));
                       });
}

/// For functions of native histograms: always empty, because Hakem has only classic histograms.
StepValue NoNativeHistograms(FunctionCall& call) {
  call.Vector(0);
  return StepVector{};
}

using enum ValueType;

constexpr FunctionSpec NativeRow(std::string_view name) {
  return {.name = name,
          .arguments = {kVector},
          .result = kVector,
          .evaluate = NoNativeHistograms,
          .availability = Availability::kNativeHistogram};
}

constexpr std::array kFunctions{
    NativeRow("histogram_avg"),
    NativeRow("histogram_count"),
    FunctionSpec{.name = "histogram_fraction",
                 .arguments = {kScalar, kScalar, kVector},
                 .result = kVector,
                 .evaluate = HistogramFractions},
    FunctionSpec{.name = "histogram_quantile",
                 .arguments = {kScalar, kVector},
                 .result = kVector,
                 .evaluate = HistogramQuantiles},
    FunctionSpec{.name = "histogram_quantiles",
                 .arguments = {kVector, kString, kScalar, kScalar, kScalar, kScalar, kScalar,
                               kScalar, kScalar, kScalar, kScalar, kScalar},
                 .optional = 9,
                 .result = kVector,
                 .evaluate = SeveralQuantiles,
                 .availability = Availability::kExperimental},
    NativeRow("histogram_stddev"),
    NativeRow("histogram_stdvar"),
    NativeRow("histogram_sum"),
};

}  // namespace

const FunctionFamily kHistogramFunctions{kFunctions};

}  // namespace hakem::promql

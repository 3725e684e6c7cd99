#include "bench/rules/workload.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <memory>
#include <string_view>
#include <utility>

namespace hakem::bench {
namespace {

constexpr int kJobs = 50;
constexpr int kInstances = 10;
constexpr int kGauges = 16;
constexpr int kCounters = 16;
constexpr std::array<std::string_view, 8> kBounds{"0.05", "0.1", "0.25", "0.5",
                                                  "1",    "2.5", "5",    "+Inf"};

/// Jobs, instances and metrics together make 20,000 series.
static_assert(kJobs * kInstances * (kGauges + kCounters + static_cast<int>(kBounds.size())) ==
              20'000);

/// The form of an expression. In its text, {s} stands for the matchers of the rule, {g} to {j} for
/// gauges, {c} and {d} for counters, and {t} for a threshold.
struct Shape {
  double share;           ///< In percent of all rules.
  std::string_view text;  ///< A format of fmt.
  double never;           ///< A threshold with which the rule does not fire.
  double always;          ///< A threshold with which it fires for all its series; 0: there is none.
};

constexpr double kHigh = 1e12;
constexpr double kLow = -1e12;

constexpr Shape kShapes[] = {
    {13, "{g}{{{s}}} > {t}", kHigh, kLow},
    {11, "{g}{{{s}}} == {t}", kHigh, 0},
    {5, "{g}{{{s}}} < {t}", kLow, kHigh},
    {4, "count by (job) ({g}{{{s}}}) != count by (job) ({h}{{{s}}})", kHigh, 0},
    {7, "{g}{{{s}}} / {h}{{{s}}} * 100 > {t}", kHigh, kLow},
    {3, "rate({c}{{{s}}}[5m]) > {t}", kHigh, kLow},
    {4, "sum by (job) (rate({c}{{{s}}}[5m])) > {t}", kHigh, kLow},
    {8, "sum by (job) (rate({c}{{{s}}}[5m])) / sum by (job) (rate({d}{{{s}}}[5m])) * 100 > {t}",
     kHigh, kLow},
    {8, "increase({c}{{{s}}}[5m]) > {t}", kHigh, kLow},
    {3, "sum by (job, instance) (increase({c}{{{s}}}[10m])) > {t}", kHigh, kLow},
    {6, "({g}{{{s}}} - {h}{{{s}}}) / {i}{{{s}}} > {t} and {j}{{{s}}} > 0", kHigh, kLow},
    {5, "{g}{{{s}}} > {t} and {h}{{{s}}} == 0", kHigh, 0},
    {4, "sum without (instance) ({g}{{{s}}}) > {t}", kHigh, kLow},
    {3, "sum without (instance) (rate({c}{{{s}}}[5m])) * 60 > {t}", kHigh, kLow},
    {3, "max by (job) ({g}{{{s}}}) > {t}", kHigh, kLow},
    {3, "count by (job) ({g}{{{s}}} > 0) > {t}", kHigh, kLow},
    {3,
     "histogram_quantile(0.99, sum by (le, job) (rate(duration_seconds_bucket{{{s}}}[5m]))) > {t}",
     kHigh, kLow},
    {2.5, "time() - {g}{{{s}}} > {t}", kHigh, kLow},
    {2.5, "{g}{{{s}}} / clamp_min({h}{{{s}}}, 1) > {t}", kHigh, kLow},
    {2.3, "{g}{{{s}}} > {t} or {h}{{{s}}} > {t}", kHigh, kLow},
    {2.2, "{g}{{{s}}} * on (job, instance) group_left () {h}{{{s}}} > {t}", kHigh, kLow},
    {3.5, "{g}{{{s}}} > {t} and on (job) {h}{{{s}}} > 0", kHigh, kLow},
    {2, "sum by (job) ({g}{{{s}}}) + sum by (job) ({h}{{{s}}}) > {t}", kHigh, kLow},
    {2.1, "avg by (job) ({g}{{{s}}}) >= {t}", kHigh, kLow},
    {1.7, "changes({g}{{{s}}}[15m]) > {t}", kHigh, kLow},
    {1.5, "min by (job) ({g}{{{s}}}) < {t}", kLow, kHigh},
    {1.5, "max_over_time({g}{{{s}}}[10m]) > {t}", kHigh, kLow},
    {1.3, "absent({g}{{{s}}}) > {t}", kHigh, 0},
    {1.2, "predict_linear({g}{{{s}}}[30m], 3600) < {t}", kLow, kHigh},
};

/// Chooses shapes by their shares, evenly: among any hundred rules in a row, each shape is about as
/// frequent as its share says.
const Shape& ShapeOf(int rule) {
  double total = 0;
  for (const Shape& shape : kShapes) {
    total += shape.share;
  }
  constexpr double kGoldenRatio = 0.6180339887498949;
  const double turns = rule * kGoldenRatio;
  double place = (turns - static_cast<double>(static_cast<int>(turns))) * total;
  for (const Shape& shape : kShapes) {
    if (place < shape.share) {
      return shape;
    }
    place -= shape.share;
  }
  return kShapes[0];
}

/// The matchers of a selector, which no other number has. They select one job, in the first 500
/// numbers without one of its instances. One in eight has a regular expression, as in published
/// rules.
std::string Matchers(int number) {
  const int job = number % kJobs;
  const int host = number / kJobs;
  return number % 8 == 0 ? fmt::format(R"(job="job-{}", instance=~"host-.*|spare-{}")", job, host)
                         : fmt::format(R"(job="job-{}", instance!="host-{}:9100")", job, host);
}

std::string Gauge(int number) {
  return fmt::format("gauge_{}", number % kGauges);
}

std::string Counter(int number) {
  return fmt::format("events_{}_total", number % kCounters);
}

/// Whether the rule fires. Its shape must be one that can.
bool Fires(int rule) {
  return rule % 100 == 37;
}

std::string Expression(int rule, Sharing sharing) {
  const int number = sharing == Sharing::kNone ? rule : rule % 100;
  const Shape* shape = &ShapeOf(number);
  if (Fires(rule) && shape->always == 0) {
    shape = &kShapes[0];
  }
  const double threshold = (Fires(rule) ? shape->always : shape->never) + rule;
  return fmt::format(fmt::runtime(shape->text), fmt::arg("s", Matchers(number)),
                     fmt::arg("g", Gauge(number)), fmt::arg("h", Gauge(number + 1)),
                     fmt::arg("i", Gauge(number + 2)), fmt::arg("j", Gauge(number + 3)),
                     fmt::arg("c", Counter(number)), fmt::arg("d", Counter(number + 1)),
                     fmt::arg("t", fmt::format("{:.0f}", threshold)));
}

void AddSeries(std::vector<Sample>& samples, std::string name, int job, int instance,
               std::string_view le = "") {
  std::vector<Label> labels{{std::string(kMetricNameLabel), std::move(name)},
                            {"job", fmt::format("job-{}", job)},
                            {"instance", fmt::format("host-{}:9100", instance)}};
  if (!le.empty()) {
    labels.push_back({"le", std::string(le)});
  }
  samples.push_back({std::make_shared<const Series>(Labels(labels)), 0});
}

}  // namespace

std::vector<Sample> FirstSamples() {
  std::vector<Sample> samples;
  for (int job = 0; job < kJobs; ++job) {
    for (int instance = 0; instance < kInstances; ++instance) {
      for (int i = 0; i < kGauges; ++i) {
        AddSeries(samples, fmt::format("gauge_{}", i), job, instance);
      }
      for (int i = 0; i < kCounters; ++i) {
        AddSeries(samples, fmt::format("events_{}_total", i), job, instance);
      }
      for (const std::string_view bound : kBounds) {
        AddSeries(samples, "duration_seconds_bucket", job, instance, bound);
      }
    }
  }
  SetRound(samples, 0);
  return samples;
}

void SetRound(std::vector<Sample>& samples, int round) {
  constexpr std::size_t kOfAnInstance = kGauges + kCounters + kBounds.size();
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const std::size_t metric = i % kOfAnInstance;
    if (metric < kGauges) {
      samples[i].value =
          1 + static_cast<double>((i * 31 + static_cast<std::size_t>(round) * 17) % 97) / 4;
    } else {
      const double growth = 1 + static_cast<double>(metric);  // Higher bounds grow faster.
      samples[i].value = growth * round;
    }
  }
}

std::string RuleFile(int rules, Sharing sharing) {
  std::string text = "groups:\n- name: bench\n  rules:\n";
  for (int rule = 0; rule < rules; ++rule) {
    fmt::format_to(std::back_inserter(text),
                   "  - alert: Bench{0}\n"
                   "    expr: '{1}'\n"
                   "{2}"
                   "    labels: {{severity: {3}}}\n"
                   "    annotations:\n"
                   "      summary: '{{{{ $labels.job }}}} needs attention'\n"
                   "      description: 'The value of {{{{ $labels.instance }}}} is "
                   "{{{{ printf \"%.2f\" $value }}}}.'\n",
                   rule, Expression(rule, sharing), Fires(rule) ? "" : "    for: 5m\n",
                   rule % 3 == 0 ? "critical" : "warning");
  }
  return text;
}

}  // namespace hakem::bench

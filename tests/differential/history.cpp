#include "tests/differential/history.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <memory>

#include "format/number.h"
#include "tests/support/collection/page_text.h"

namespace hakem::differential {
namespace {

constexpr Duration kInterval = std::chrono::seconds(15);
constexpr std::string_view kJobs[] = {"api", "web"};
constexpr std::string_view kInstances[] = {"a:1", "b:1", "c:1"};

/// Returns the value of a series at its n-th sample.
using Course = std::function<double(std::size_t n)>;

/// Generates series one by one.
class Generator {
 public:
  Generator(Random& random, Duration shift) : random_(random), shift_(shift) {}

  std::vector<tsdb::SelectedSeries> Run() {
    for (const std::string_view job : kJobs) {
      for (const std::string_view instance : kInstances) {
        AddInstance({{"job", std::string(job)}, {"instance", std::string(instance)}});
      }
      Add({{"__name__", "limit"}, {"job", std::string(job)}}, Constant(job == "api" ? 40 : 0));
    }
    AddExtremes();
    std::sort(series_.begin(), series_.end(),
              [](const auto& a, const auto& b) { return a.series->labels < b.series->labels; });
    return std::move(series_);
  }

 private:
  using List = std::vector<Label>;

  static List With(List labels, std::initializer_list<Label> more) {
    labels.insert(labels.end(), more.begin(), more.end());
    return labels;
  }

  void AddInstance(const List& target) {
    Add(With(target, {{"__name__", "up"}}), [this](std::size_t) { return random_.Chance(90); });
    Add(With(target, {{"__name__", "build_info"}, {"version", random_.Chance(50) ? "1.2" : "1.3"}}),
        Constant(1));
    for (const char* path : {"/", "/login", "/game"}) {
      for (const char* code : {"200", "500"}) {
        Add(With(target, {{"__name__", "requests_total"}, {"path", path}, {"code", code}}),
            Counter(20));
      }
    }
    Add(With(target, {{"__name__", "temperature_celsius"}}), Gauge());
    Add(With(target, {{"__name__", "queue_length"}}),
        [this](std::size_t) { return static_cast<double>(random_.Below(4)); });
    AddHistogram(target);
  }

  void AddHistogram(const List& target) {
    constexpr std::string_view kBounds[] = {"0.05", "0.1", "0.5", "1", "+Inf"};
    std::vector<std::vector<double>> counts(std::size(kBounds), std::vector<double>(kSamples, 0));
    std::vector<double> before(std::size(kBounds), kCounterBase);
    for (std::size_t n = 0; n < kSamples; ++n) {
      double below = 0;
      for (std::size_t bucket = 0; bucket < before.size(); ++bucket) {
        below += static_cast<double>(random_.Below(7));
        counts[bucket][n] = before[bucket] += below;
      }
    }
    for (std::size_t bucket = 0; bucket < before.size(); ++bucket) {
      Add(With(target,
               {{"__name__", "latency_seconds_bucket"}, {"le", std::string(kBounds[bucket])}}),
          Listed(counts[bucket]));
    }
    Add(With(target, {{"__name__", "latency_seconds_count"}}), Listed(counts.back()));
    Add(With(target, {{"__name__", "latency_seconds_sum"}}), Counter(9));
  }

  /// Extreme doubles, except the smallest, whose logarithms Go computes wrongly.
  void AddExtremes() {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    constexpr double kValues[] = {1e308, -1e308, 1e-300, -1e-300, 0, -0.0, kInfinity, -kInfinity};
    for (std::size_t i = 0; i < std::size(kValues); ++i) {
      Add({{"__name__", "extreme"}, {"n", fmt::format("{}", i)}}, Constant(kValues[i]));
    }
    Add({{"__name__", "extreme"}, {"n", "nan"}},
        Constant(std::numeric_limits<double>::quiet_NaN()));
    Add({{"__name__", "wandering"}}, [&](std::size_t) { return random_.OneOf(kValues); });
  }

  static Course Constant(double value) {
    return [value](std::size_t) { return value; };
  }

  static Course Listed(std::vector<double> values) {
    return [values = std::move(values)](std::size_t n) { return values[n]; };
  }

  Course Counter(std::size_t most) {
    return [this, most, value = kCounterBase](std::size_t) mutable {
      const bool reset = random_.Below(60) == 0;
      value = reset ? kCounterBase : value + static_cast<double>(random_.Below(most));
      return value;
    };
  }

  Course Gauge() {
    return [this, value = 20.0](std::size_t) mutable {
      value += (static_cast<double>(random_.Below(200)) - 100) / 16;
      return random_.Below(80) == 0 ? std::numeric_limits<double>::quiet_NaN() : value;
    };
  }

  /// Some series begin late, some end early, some have a gap longer than the lookback, and all lack
  /// a few samples.
  void Add(const List& labels, const Course& course) {
    const std::size_t first = random_.Chance(15) ? random_.Below(kSamples / 2) : 0;
    const std::size_t last =
        random_.Chance(15) ? kSamples / 2 + random_.Below(kSamples / 2) : kSamples;
    const std::size_t gap = random_.Chance(15) ? random_.Below(kSamples) : kSamples;
    tsdb::SelectedSeries series{std::make_shared<const Series>(Labels(labels)), {}};
    for (std::size_t n = 0; n < kSamples; ++n) {
      const double value = course(n);
      const bool missing =
          n < first || n >= last || (n >= gap && n < gap + kGapSamples) || random_.Below(40) == 0;
      if (!missing) {
        const Timestamp time = History::kBegin + kInterval * static_cast<Duration::rep>(n) + shift_;
        series.points.push_back({time, value});
      }
    }
    if (!series.points.empty()) {
      series_.push_back(std::move(series));
    }
  }

  static constexpr std::size_t kSamples = (History::kEnd - History::kBegin) / kInterval;
  static constexpr std::size_t kGapSamples = 30;
  static constexpr double kCounterBase = 1000;

  Random& random_;
  const Duration shift_;
  std::vector<tsdb::SelectedSeries> series_;
};

}  // namespace

History::History(Random& random, Duration shift) : series_(Generator(random, shift).Run()) {}

std::string History::OpenMetrics() const {
  std::string text;
  for (const tsdb::SelectedSeries& series : series_) {
    for (const tsdb::Point& point : series.points) {
      text +=
          fmt::format("{} {} {:.3f}\n", PageText(series.series),
                      FormatNumber(point.value, NumberForm::kDecimal), ToUnixSeconds(point.time));
    }
  }
  return text + "# EOF\n";
}

std::vector<tsdb::SelectedSeries> History::Select(std::span<const Matcher> matchers,
                                                  Timestamp after, Timestamp until) const {
  std::vector<tsdb::SelectedSeries> selected;
  for (const tsdb::SelectedSeries& series : series_) {
    if (!std::all_of(matchers.begin(), matchers.end(),
                     [&](const Matcher& m) { return m.Matches(series.series->labels); })) {
      continue;
    }
    tsdb::SelectedSeries found{series.series, {}};
    std::copy_if(series.points.begin(), series.points.end(), std::back_inserter(found.points),
                 [&](const tsdb::Point& p) { return p.time > after && p.time <= until; });
    if (!found.points.empty()) {
      selected.push_back(std::move(found));
    }
  }
  return selected;
}

}  // namespace hakem::differential

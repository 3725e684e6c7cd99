#include "bench/game_cost/figures.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

namespace hakem::bench {
namespace {

constexpr int kUsualRate = 50;
constexpr int kHighRate = 400;

using Measure = std::function<double(const Figures&)>;

double P50Buffers(const Figures& figures) {
  return Percentile(figures, &Cost::buffers, 0.50);
}

/// The most of those settings that fit; NaN when none does, which holds no target.
double Worst(const std::vector<Figures>& all, const std::function<bool(const Figures&)>& fits,
             const Measure& measure) {
  double worst = std::numeric_limits<double>::quiet_NaN();
  for (const Figures& figures : all) {
    if (fits(figures)) {
      worst = std::fmax(worst, measure(figures));
    }
  }
  return worst;
}

/// A target for settings after `hakem setup --indexes`, with the figure without it beside it.
Target WithAndWithout(const std::vector<Figures>& all, std::string promise, double limit,
                      const std::function<bool(const Figures&)>& fits, const Measure& measure) {
  const auto worst = [&](bool prepared) {
    return Worst(
        all, [&](const Figures& figures) { return figures.prepared == prepared && fits(figures); },
        measure);
  };
  return {std::move(promise), limit, worst(true), fmt::format("{:.2f} without", worst(false))};
}

/// How much more the largest tables cost than the smallest ones; NaN when there is one size only.
Target Growth(const std::vector<Figures>& all, std::string promise, double limit, int rate,
              const Measure& measure) {
  const auto sizes = std::minmax_element(
      all.begin(), all.end(),
      [](const Figures& left, const Figures& right) { return left.moves < right.moves; });
  const auto ratio = [&](bool prepared) {
    const auto at = [&](std::int64_t moves) {
      return Worst(
          all,
          [&](const Figures& figures) {
            return figures.moves == moves && figures.prepared == prepared &&
                   figures.moves_per_second == rate;
          },
          measure);
    };
    return sizes.first->moves < sizes.second->moves
               ? at(sizes.second->moves) / at(sizes.first->moves)
               : std::numeric_limits<double>::quiet_NaN();
  };
  return {std::move(promise), limit, ratio(true), fmt::format("{:.2f} without", ratio(false))};
}

}  // namespace

double Percentile(const Figures& figures, double Cost::*member, double share) {
  std::vector<double> values;
  for (const Cost& cost : figures.collections) {
    values.push_back(cost.*member);
  }
  std::sort(values.begin(), values.end());
  const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(values.size())));
  return values.at(std::max<std::size_t>(rank, 1) - 1);
}

std::vector<Target> Judge(const std::vector<Figures>& all) {
  std::int64_t largest = 0;
  for (const Figures& figures : all) {
    largest = std::max(largest, figures.moves);
  }
  const auto at_rate = [&](int rate) {
    return [=](const Figures& figures) {
      return figures.moves == largest && figures.moves_per_second == rate;
    };
  };
  const auto of_largest = [&](const Figures& figures) { return figures.moves == largest; };
  const auto everywhere = [](const Figures&) { return true; };
  const auto tight_cpu = [](const Figures& figures) { return figures.tight.cpu_ms; };
  return {
      WithAndWithout(all, "1 shared buffers, vacuumed, p50", 60, at_rate(0), P50Buffers),
      WithAndWithout(
          all, "1 shared buffers, 400 moves/s, p95", 400, at_rate(kHighRate),
          [](const Figures& figures) { return Percentile(figures, &Cost::buffers, 0.95); }),
      WithAndWithout(all, "1 CPU ms in a tight loop, 5 s of 50 moves/s", 1.5, at_rate(kUsualRate),
                     tight_cpu),
      WithAndWithout(
          all, "1 CPU ms live, p50, any rate", 3, of_largest,
          [](const Figures& figures) { return Percentile(figures, &Cost::cpu_ms, 0.50); }),
      WithAndWithout(
          all, "1 CPU ms live, p95, any rate", 5, of_largest,
          [](const Figures& figures) { return Percentile(figures, &Cost::cpu_ms, 0.95); }),
      Growth(all, "2 growth of CPU, tight loop, 50 moves/s", 1.2, kUsualRate, tight_cpu),
      Growth(all, "2 growth of shared buffers, vacuumed", 1.3, 0, P50Buffers),
      WithAndWithout(all, "2 sequential scans of game tables", 0, everywhere,
                     [](const Figures& figures) { return figures.sequential_scans; }),
      WithAndWithout(
          all, "3 statements a collection, most", 2, everywhere,
          [](const Figures& figures) { return Percentile(figures, &Cost::statements, 1); }),
      WithAndWithout(
          all, "3 round trips a collection, most", 1, everywhere,
          [](const Figures& figures) { return Percentile(figures, &Cost::round_trips, 1); }),
  };
}

std::string FiguresHead() {
  return fmt::format(
      "{:>9} {:>7} {:>7} | {:^20} {:>6} | {:^20} | {:^17} {:>6} | {:>5} {:>5} | "
      "{:>9} {:>9} | {:>4}\n"
      "{:>9} {:>7} {:>7} | {:>6} {:>6} {:>6} {:>6} | {:>6} {:>6} {:>6} | {:>5} "
      "{:>5} {:>5} {:>6} | {:>5} {:>5} | {:>9} {:>9} | {:>4}",
      "moves", "setup", "moves/s", "CPU ms live", "tight", "wall ms live", "buffers live", "tight",
      "trips", "stmts", "naive", "naive", "seq", "", "", "", "p50", "p95", "p99", "mean", "p50",
      "p95", "p99", "p50", "p95", "p99", "mean", "max", "max", "CPU ms", "buffers", "scan");
}

std::string FiguresLine(const Figures& figures) {
  const auto percentiles = [&](double Cost::*member, std::string_view format) {
    std::string text;
    for (const double share : {0.50, 0.95, 0.99}) {
      text += fmt::format(fmt::runtime(format), Percentile(figures, member, share));
    }
    return text;
  };
  return fmt::format(
      "{:>9} {:>7} {:>7} |{} {:>6.2f} |{} |{} {:>6.0f} | {:>5} {:>5} | {:>9.0f} "
      "{:>9.0f} | {:>4}",
      figures.moves, figures.prepared ? "yes" : "no", figures.moves_per_second,
      percentiles(&Cost::cpu_ms, " {:>6.2f}"), figures.tight.cpu_ms,
      percentiles(&Cost::wall_ms, " {:>6.2f}"), percentiles(&Cost::buffers, " {:>5.0f}"),
      figures.tight.buffers, Percentile(figures, &Cost::round_trips, 1),
      Percentile(figures, &Cost::statements, 1), figures.naive.cpu_ms, figures.naive.buffers,
      figures.sequential_scans);
}

}  // namespace hakem::bench

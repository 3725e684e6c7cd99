#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "bench/game_cost/measured_session.h"

namespace hakem::bench {

/// What was measured in one setting: so many moves in the tables, so many more each second.
struct Figures {
  std::int64_t moves = 0;
  bool prepared = false;          ///< By `hakem setup --indexes`.
  int moves_per_second = 0;       ///< 0: the games stand still, their tables are vacuumed.
  std::vector<Cost> collections;  ///< One each interval.
  Cost tight;                     ///< The mean of one, over and over without a pause.
  Cost naive;                     ///< Of all the naive queries, once.
  double sequential_scans = 0;    ///< Of the game's tables, by everybody, meanwhile.
};

/// The value that this share of the collections does not exceed. Requires: there are some.
double Percentile(const Figures& figures, double Cost::*member, double share);

/// One of the things Hakem's collection promises, and what came of it.
struct Target {
  std::string promise;
  double limit = 0;
  double found = 0;
  std::string beside;  ///< What is printed beside the figure.

  bool holds() const { return found <= limit; }
};

/// The targets, judged on all settings.
std::vector<Target> Judge(const std::vector<Figures>& all);

/// The table's head and one line of it.
std::string FiguresHead();
std::string FiguresLine(const Figures& figures);

}  // namespace hakem::bench

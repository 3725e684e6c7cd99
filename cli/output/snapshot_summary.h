#pragma once

#include <string>
#include <utility>
#include <vector>

#include "model/snapshot.h"

namespace hakem::cli {

/// The figures of a game or of the server by short names, in a fixed order. Unknown ones are left
/// out.
struct Figures {
  std::string name;
  std::vector<std::pair<std::string, double>> values = {};

  bool operator==(const Figures&) const = default;
};

/// The most important figures of a snapshot, for scripts that do not know the metrics' names.
struct SnapshotSummary {
  std::vector<Figures> games;  ///< One for each value of the label `game`, sorted.
  Figures database;            ///< The whole server; its name is empty.

  bool operator==(const SnapshotSummary&) const = default;
};

SnapshotSummary Summarise(const Snapshot& snapshot);

}  // namespace hakem::cli

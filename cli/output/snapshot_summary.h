#pragma once

#include <string>
#include <utility>
#include <vector>

#include "model/snapshot.h"

namespace hakem::exporter {

/// A few figures of one thing, by short names, in a fixed order. What is not known is left out.
struct Figures {
  std::string name;
  std::vector<std::pair<std::string, double>> values = {};

  bool operator==(const Figures&) const = default;
};

/// What a script asks a snapshot first, so that it need not know metrics' names.
struct SnapshotSummary {
  std::vector<Figures> games;  ///< By the label `game`.
  Figures database;            ///< Of the whole server; its name is empty.

  bool operator==(const SnapshotSummary&) const = default;
};

SnapshotSummary Summarise(const Snapshot& snapshot);

}  // namespace hakem::exporter

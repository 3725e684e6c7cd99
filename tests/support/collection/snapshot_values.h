#pragma once

#include <optional>
#include <string_view>

#include "model/snapshot.h"

namespace hakem {

/// The value of the series that is printed so: `pg_up{server="hokm"}`. Nothing when the snapshot
/// does not have it.
std::optional<double> ValueOf(const Snapshot& snapshot, std::string_view series);

/// How many series stand under this name.
std::size_t SeriesIn(const Snapshot& snapshot, std::string_view family);

}  // namespace hakem

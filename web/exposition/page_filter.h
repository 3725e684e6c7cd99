#pragma once

#include <span>
#include <string>

#include "model/result.h"
#include "model/snapshot.h"
#include "web/context/program_facts.h"

namespace hakem::web {

/// The part of a snapshot that `?collect[]=NAME` selects: the families of the collectors in
/// `wanted`, samples about these collectors (those with the label `collector`), and `pg_up`.
/// Errors: kInvalidInput: an unknown collector, with the nearest known name.
Result<Snapshot> OnlyCollectors(const Snapshot& snapshot, std::span<const std::string> wanted,
                                std::span<const CollectorFamilies> collectors);

}  // namespace hakem::web

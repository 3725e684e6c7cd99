#pragma once

#include <span>
#include <string>

#include "model/result.h"
#include "model/snapshot.h"
#include "web/context/program_facts.h"

namespace hakem::web {

/// What `?collect[]=NAME` asks for: the families of those collectors, what is told of them (samples
/// with the label `collector`), and `pg_up`. Errors: kInvalidInput: a name that is no collector's,
/// with the nearest that is.
Result<Snapshot> OnlyCollectors(const Snapshot& snapshot, std::span<const std::string> wanted,
                                std::span<const CollectorFamilies> collectors);

}  // namespace hakem::web

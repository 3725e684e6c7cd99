#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/result.h"
#include "model/snapshot.h"

namespace hakem::web {

/// A collector and the names of the families it can write. Views of constants.
struct CollectorFamilies {
  struct Name {
    std::string_view text;
    bool is_prefix = false;  ///< Stands for every family whose name begins so.
  };

  std::string_view collector;
  std::vector<Name> families;
};

/// What `?collect[]=NAME` asks for: the families of those collectors, what is told of them (samples
/// with the label `collector`), and `pg_up`. Errors: kInvalidInput: a name that is no collector's,
/// with the nearest that is.
Result<Snapshot> OnlyCollectors(const Snapshot& snapshot, std::span<const std::string> wanted,
                                std::span<const CollectorFamilies> collectors);

}  // namespace hakem::web

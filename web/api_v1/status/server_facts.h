#pragma once

#include <string>
#include <utility>
#include <vector>

#include "model/labels.h"
#include "model/time.h"

namespace hakem::web {

/// How the last reading of the configuration went.
struct ReloadStatus {
  bool succeeded = true;
  Timestamp last_success = {};  ///< When it was read and taken last.
};

/// What the status pages of the API tell of this program. Constant while it runs.
struct ServerFacts {
  std::string version = {};                                     ///< Hakem's own.
  std::vector<std::pair<std::string, std::string>> flags = {};  ///< Sorted by name.
  std::string external_url = {};    ///< Where people reach this Hakem; without a final slash.
  Labels target_labels = {};        ///< `job` and `instance`, as they stand on every series.
  Duration collection_interval{0};  ///< How often a snapshot is taken.
  Duration retention{0};            ///< How long samples are kept.
  Timestamp started = {};
};

}  // namespace hakem::web

#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/labels.h"
#include "model/time.h"
#include "web/http/external_url.h"

namespace hakem::web {

/// How the last attempt to load the configuration ended.
struct ReloadStatus {
  bool succeeded = true;
  Timestamp last_success = {};  ///< When a configuration was last loaded and applied.
};

/// Constant facts about this program, which the API's status endpoints and the pages show.
struct ServerFacts {
  std::string version = {};                                     ///< Hakem's version.
  std::vector<std::pair<std::string, std::string>> flags = {};  ///< Sorted by name.
  std::string external_url = {};    ///< Where people reach this Hakem; without a final slash.
  Labels target_labels = {};        ///< `job` and `instance`, which every series has.
  Duration collection_interval{0};  ///< Time between two snapshots.
  Duration retention{0};            ///< How long samples are kept.
  Timestamp started = {};

  /// The path below which people reach the pages, "" or like "/x".
  std::string_view base() const { return PathOfUrl(external_url); }
};

/// The state of a watched PostgreSQL server, as the pages show it.
struct TargetStatus {
  std::string name;   ///< `hokm`, or the host and database of a target from the environment.
  bool up = false;    ///< The value of `pg_up`.
  Timestamp since;    ///< When `up` last changed.
  std::string cause;  ///< Why the target is down, in one line; "" while it is up.
};

/// A loop of the program and when it last completed an iteration.
struct LoopStatus {
  std::string name;  ///< `scrape loop`
  SteadyTime last;
};

/// How far the program has come since it started. A program that answers requests listens already.
struct Readiness {
  bool configuration_loaded = false;
  bool first_collection_tried = false;  ///< Whether it succeeded or failed.
};

/// A collector and the names of the families it can write. Views of constants.
struct CollectorFamilies {
  struct Name {
    std::string_view text;
    bool is_prefix = false;  ///< Matches every family whose name begins with `text`.
  };

  std::string_view collector;
  std::vector<Name> families;
};

}  // namespace hakem::web

#pragma once

#include <string>

#include "model/time.h"

namespace hakem::web {

/// How a target does, as the pages tell it.
struct TargetStatus {
  std::string name;  ///< `hokm`, or the host and database of a target from the environment.
  bool up = false;   ///< What `pg_up` says.
  Timestamp since;   ///< When it became so.
  std::string
      cause;  ///< Of being down, in one line: `password authentication failed …`; "" while up.
};

}  // namespace hakem::web

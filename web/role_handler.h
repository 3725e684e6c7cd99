#pragma once

#include <string_view>

#include "model/snapshot.h"
#include "web/http/http.h"

namespace hakem::web {

/// What a load balancer wants to send to a server.
enum class Traffic {
  kPrimary,   ///< `/primary`, `/read-write`: the server that takes writes.
  kReplica,   ///< `/replica`: a standby.
  kReadOnly,  ///< `/read-only`: whoever answers.
};

/// 200 when the server may get the traffic, else 503, each with the reason in a line. Read from the
/// snapshot's `pg_up` and `hakem_target_info`; 503 as well while there is no snapshot, or its `age`
/// is more than `hold`. With several servers on the snapshot `?server=NAME` chooses one: 400
/// without.
Response RoleResponse(Traffic traffic, const Snapshot* snapshot, const Request& request,
                      Duration age, Duration hold);

}  // namespace hakem::web

#pragma once

#include <string_view>

#include "model/snapshot.h"
#include "web/endpoint/endpoint.h"
#include "web/http/http.h"

namespace hakem::web {

/// The state of a PostgreSQL server for load balancers, such as `/primary`.
extern const EndpointTable kRoleEndpoints;

/// The kind of connections that a load balancer wants to send to a server.
enum class Traffic {
  kPrimary,   ///< `/primary`, `/read-write`: needs a server that accepts writes.
  kReplica,   ///< `/replica`: needs a standby.
  kReadOnly,  ///< `/read-only`: any server that is up.
};

/// Answers 200 when the server may get the traffic, else 503, both with the reason in one line.
/// Uses `pg_up` and `hakem_target_info` of the snapshot. Answers 503 also without a snapshot, or
/// when its `age` exceeds `max_age`. When the snapshot has several servers, `?server=NAME` must
/// choose one; otherwise the answer is 400.
Response RoleResponse(Traffic traffic, const Snapshot* snapshot, const Request& request,
                      Duration age, Duration max_age);

}  // namespace hakem::web

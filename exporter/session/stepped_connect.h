#pragma once

#include <memory>
#include <stop_token>
#include <tl/expected.hpp>

#include "exporter/session/notices.h"
#include "exporter/session/session_factory.h"
#include "model/secret.h"
#include "model/time.h"

struct pg_conn;  // libpq's connection.

namespace hakem::exporter {

struct CloseRawConnection {
  void operator()(pg_conn* connection) const;
};

using RawConnection = std::unique_ptr<pg_conn, CloseRawConnection>;

/// Connects by libpq, waiting for the network itself: so that the limit holds for the whole of it,
/// also when the other side accepts and then says nothing, and `stop` ends it at once. Only name
/// resolution is not bounded. The connection's messages are VERBOSE: with the SQLSTATE. `notices`
/// takes what the server says besides and outlives the connection; null: it is dropped. Errors:
/// also that there is no free file descriptor or memory.
tl::expected<RawConnection, ConnectFailure> ConnectInSteps(const Secret& dsn, Duration limit,
                                                           const std::stop_token& stop,
                                                           Notices* notices = nullptr);

}  // namespace hakem::exporter

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

/// Connects by libpq's non-blocking functions, so that `limit` bounds the whole connect, even if
/// the server accepts and then does not respond, and `stop` ends it at once. Only name resolution
/// is not bounded. Messages of the connection are VERBOSE: they have the SQLSTATE. `notices`, which
/// outlives the connection, receives its notices; null: they are dropped. Errors include the lack
/// of a file descriptor or of memory.
tl::expected<RawConnection, ConnectFailure> ConnectInSteps(const Secret& dsn, Duration limit,
                                                           const std::stop_token& stop,
                                                           Notices* notices = nullptr);

}  // namespace hakem::exporter

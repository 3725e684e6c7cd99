#pragma once

#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "config/target/conninfo.h"
#include "exporter/session/stepped_connect.h"

namespace hakem::exporter {

/// The addresses of a host name, as text; empty when it has none.
using Resolver = std::function<std::vector<std::string>(const std::string& host)>;

/// The system's: waits for its name servers.
std::vector<std::string> ResolveHost(const std::string& host);

/// The value of libpq's parameter: of `conninfo`, or of the PG* variables and PGSERVICE's file.
std::string EffectiveParameter(const Conninfo& conninfo, std::string_view keyword);

/// The connects that libpq would try for a connection string, one after another, each to one
/// address: several hosts, hosts with several addresses, and `prefer-standby`, for which all hosts
/// come a second time. One that libpq would not accept (lists of different lengths) stays whole.
std::vector<Conninfo> HostAttempts(const Conninfo& conninfo, const Resolver& resolve);

/// How long the next of `left` (≥ 1) attempts may take of the `rest` of the time: an equal share,
/// and not more than the user's own connect_timeout for each host (0: none).
Duration AttemptLimit(Duration rest, std::size_t left, Duration connect_timeout);

/// connect_timeout as libpq understands it: whole seconds, at least 2, or 0 for none.
Duration ConnectTimeout(std::string_view text);

/// Connects to the first host that answers. `limit` holds for all of them together (name resolution
/// apart). As libpq does, gives up where a host refuses the role or the password.
tl::expected<RawConnection, ConnectFailure> ConnectToAHost(const Conninfo& conninfo, Duration limit,
                                                           const std::stop_token& stop,
                                                           Notices* notices);

}  // namespace hakem::exporter

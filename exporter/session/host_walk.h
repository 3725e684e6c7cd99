#pragma once

#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "config/target/conninfo.h"
#include "exporter/session/stepped_connect.h"

namespace hakem::exporter {

/// Returns the addresses of a host name, as text; none if it has none.
using Resolver = std::function<std::vector<std::string>(const std::string& host)>;

/// Resolves by the system. Blocks for its name servers.
std::vector<std::string> ResolveHost(const std::string& host);

/// The value that libpq uses for a parameter: from `conninfo`, the PG* variables or the service
/// file.
std::string EffectiveParameter(const config::Conninfo& conninfo, std::string_view keyword);

/// Splits a connection string into the attempts that libpq would make, in order, each to one
/// address: for several hosts, for hosts with several addresses, and for `prefer-standby`, which
/// tries all hosts twice. If libpq would reject it (lists of different lengths), returns it
/// unchanged.
std::vector<config::Conninfo> HostAttempts(const config::Conninfo& conninfo,
                                           const Resolver& resolve);

/// The time limit of the next of `left` (≥ 1) attempts, if `rest` of the time is left: an equal
/// share of it, and at most the user's own connect_timeout (0: none).
Duration AttemptLimit(Duration rest, std::size_t left, Duration connect_timeout);

/// Parses connect_timeout like libpq: whole seconds, at least 2; 0: no limit.
Duration ConnectTimeout(std::string_view text);

/// Connects to the first host that responds, within `limit` for all of them together, name
/// resolution not included. Like libpq, gives up if a host rejects the role or the password.
tl::expected<RawConnection, ConnectFailure> ConnectToAHost(const config::Conninfo& conninfo,
                                                           Duration limit,
                                                           const std::stop_token& stop,
                                                           Notices* notices);

}  // namespace hakem::exporter

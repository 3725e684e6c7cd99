#pragma once

#include <optional>
#include <string>

#include "collectors/core/collector.h"
#include "collectors/core/session.h"

namespace hakem::exporter {

/// Why a collector cannot run on this server, for people: `needs the extension pg_stat_statements`.
/// Nothing when it can.
std::optional<std::string> UnmetRequirement(const collectors::Requirements& requirements,
                                            const collectors::ServerFacts& facts);

/// Formats a version number of libpq: 150004 is "15.4".
std::string FormatServerVersion(int version);

}  // namespace hakem::exporter

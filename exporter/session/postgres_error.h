#pragma once

#include <string>
#include <string_view>

#include "exporter/session/session_factory.h"
#include "model/result.h"

namespace hakem::exporter {

/// What a caller should do about an error that the server reported by this SQLSTATE
/// (PostgreSQL's appendix A). A lock or statement timeout is kTimeout; a server that goes away is
/// kUnavailable; no permission is kRefused; whatever else it rejects is kInvalidInput.
ErrorCode CodeOfSqlState(std::string_view sqlstate);

/// Whether an error says that a text has no equivalent in another encoding.
bool IsUntranslatable(std::string_view sqlstate);

/// What a user of a connection pooler is told to do: follows the reason.
inline constexpr std::string_view kIsPooler =
    ": this is a connection pooler (PgBouncer); connect to the PostgreSQL server directly";

/// A failed query's error as one line, from libpq's message at verbosity VERBOSE:
/// `ERROR:  42P01: relation "x" does not exist\nLINE 1: …` becomes `relation "x" does not exist`.
Error QueryError(std::string_view message);

/// Why libpq could not connect, from its message at verbosity VERBOSE: the SQLSTATE in it tells
/// even when the server speaks another language. A message that a pooler gives says so.
ConnectFailure ClassifyConnectFailure(std::string_view message);

}  // namespace hakem::exporter

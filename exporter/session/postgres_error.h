#pragma once

#include <string>
#include <string_view>

#include "exporter/session/session_factory.h"
#include "model/result.h"

namespace hakem::exporter {

/// The error code for an SQLSTATE (PostgreSQL's appendix A). A lock or statement timeout is
/// kTimeout, a server that shuts down kUnavailable, a missing privilege kRefused; all others are
/// kInvalidInput.
ErrorCode CodeOfSqlState(std::string_view sqlstate);

/// Whether the error is that a text has no equivalent in another encoding.
bool IsUntranslatable(std::string_view sqlstate);

/// The end of an error message for users who connect to a pooler.
inline constexpr std::string_view kIsPooler =
    ": this is a connection pooler (PgBouncer); connect to the PostgreSQL server directly";

/// Converts libpq's message about a failed query, at verbosity VERBOSE, to one line:
/// `ERROR:  42P01: relation "x" does not exist\nLINE 1: …` becomes `relation "x" does not exist`.
Error QueryError(std::string_view message);

/// Classifies libpq's message about a failed connect, at verbosity VERBOSE. It has the SQLSTATE,
/// which does not depend on the server's language. For the message of a pooler, kIsPooler is
/// appended.
ConnectFailure ClassifyConnectFailure(std::string_view message);

}  // namespace hakem::exporter

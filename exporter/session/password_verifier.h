#pragma once

#include <string>

#include "exporter/session/session_factory.h"
#include "model/result.h"
#include "model/secret.h"

namespace hakem::exporter {

/// What a server keeps of a role's password, and takes in its place: from SCRAM-SHA-256's verifier
/// nobody learns the password, neither in the server's log nor on the way there. libpq makes it on
/// a connection by `dsn`, which is closed again.
/// Errors: those of connecting; kInvalidInput when libpq cannot make one.
Result<Secret> PasswordVerifier(const Secret& password, const std::string& role, const Secret& dsn,
                                Duration limit);

}  // namespace hakem::exporter

#pragma once

#include <string>

#include "exporter/session/session_factory.h"
#include "model/result.h"
#include "model/secret.h"

namespace hakem::exporter {

/// The SCRAM-SHA-256 verifier of a password, which CREATE ROLE accepts instead of it: the password
/// then appears neither on the network nor in the server's log. libpq computes it on a connection
/// to `dsn`, which is closed again. Errors: those of connecting; kInvalidInput: libpq cannot
/// compute it.
Result<Secret> PasswordVerifier(const Secret& password, const std::string& role, const Secret& dsn,
                                Duration limit);

}  // namespace hakem::exporter

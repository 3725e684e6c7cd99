#pragma once

#include <span>

namespace hakem::cli {

/// Overwrites the values of the options that may hold a password (`--dsn`, `--admin`, `--server`)
/// with asterisks, in the arguments of the process itself: every user of the machine can read those
/// in the process list. Requires: nobody needs the values there any more.
void HideSecretArguments(std::span<char* const> arguments);

}  // namespace hakem::cli

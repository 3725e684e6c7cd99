#pragma once

#include <string>

#include "model/secret.h"

namespace hakem::cli {

/// Whether a person can be asked: standard input and standard error are a terminal.
bool IsInteractive();

/// Asks on standard error. True if the answer begins with y or Y.
bool AskYesNo(const std::string& question);

/// Asks on standard error and reads a line without showing it.
Secret AskSecret(const std::string& question);

}  // namespace hakem::cli

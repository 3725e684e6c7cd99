#pragma once

#include <string>

#include "model/secret.h"

namespace hakem::exporter {

/// Whether a person could answer: standard input and standard error are a terminal.
bool IsInteractive();

/// Asks on standard error; true for an answer that begins with y or Y.
bool AskYesNo(const std::string& question);

/// Asks on standard error and reads a line without showing it.
Secret AskSecret(const std::string& question);

}  // namespace hakem::exporter

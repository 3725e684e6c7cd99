#pragma once

#include <string>

#include "model/result.h"
#include "model/secret.h"

namespace hakem::exporter {

/// Where the password comes from at each connect, so that a new one needs no restart; what is empty
/// is not used.
struct PasswordSource {
  std::string file = {};     ///< Its first line.
  std::string command = {};  ///< For /bin/sh; the first line that it prints, within 5 s.

  bool empty() const { return file.empty() && command.empty(); }
};

/// Reads the password, which is known from then on: see AddKnownSecret. Requires: a source. Errors:
/// kInvalidInput: the file cannot be read or is empty; kUnavailable: the command failed, printed
/// nothing or took too long. What was read is never repeated.
Result<Secret> ReadPassword(const PasswordSource& source);

}  // namespace hakem::exporter

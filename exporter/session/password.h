#pragma once

#include <string>

#include "model/result.h"
#include "model/secret.h"

namespace hakem::exporter {

/// Where to read the password at each connect, so that a new one needs no restart. At most one
/// member is set.
struct PasswordSource {
  std::string file = {};     ///< The password is its first line.
  std::string command = {};  ///< Run by /bin/sh, for at most 5 s. The password is its first line.

  bool empty() const { return file.empty() && command.empty(); }
};

/// Reads the password and passes it to AddKnownSecret. Requires: a source that is not empty.
/// Errors: kInvalidInput: the file cannot be read or is empty; kUnavailable: the command failed,
/// printed nothing or took too long. Messages never contain what was read.
Result<Secret> ReadPassword(const PasswordSource& source);

}  // namespace hakem::exporter

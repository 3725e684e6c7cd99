#pragma once

#include <string>

#include "config/config.h"

namespace hakem::config {

/// Returns a view of this process's environment variables.
yaml::Environment ProcessEnvironment();

/// Returns where the database is. The first group that is set counts: DATA_SOURCE_NAME;
/// DATA_SOURCE_URI with _USER and _PASS; DB_*; libpq's own PG* variables. The value of each but
/// PG* may come from a file that NAME_FILE names. If any DB_* variable is set, the defaults of the
/// others are localhost, 5432, hokm_game and the role hakem, unless a PG* variable says otherwise.
/// Errors: kInvalidInput, naming the variable: an invalid value, or a file that cannot be read.
Result<Conninfo> ConninfoFromEnvironment(const yaml::Environment& environment);

/// Returns the first directory of STATE_DIRECTORY, which systemd sets, or "".
std::string StateDirectoryFromEnvironment(const yaml::Environment& environment);

/// Returns whether any variable says which database to watch. If none does, libpq's defaults
/// would decide.
bool NamesDatabase(const yaml::Environment& environment);

/// Returns the file from which ConninfoFromEnvironment reads the password, so that it can be read
/// again at each connect; "" if the password does not come from a file.
std::string PasswordFileFromEnvironment(const yaml::Environment& environment);

/// Returns the default thresholds, changed by the variables that kThresholds names.
/// Errors: kInvalidInput, naming the variable.
Result<Thresholds> ThresholdsFromEnvironment(const yaml::Environment& environment);

/// Reads ALERT_WEBHOOK, ALERT_EMAIL and SMTP_*. Only commands that notify people call this: a
/// mistake in these variables must not stop the others. Errors: kInvalidInput, naming the
/// variable.
Result<ReceiverConfig> ReceiversFromEnvironment(const yaml::Environment& environment);

}  // namespace hakem::config

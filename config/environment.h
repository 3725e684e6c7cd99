#pragma once

#include <string>

#include "config/config.h"

namespace hakem::exporter {

/// The variables of this process.
yaml::Environment ProcessEnvironment();

/// Where the database is: DATA_SOURCE_NAME, or DATA_SOURCE_URI with _USER and _PASS, or DB_*; else
/// libpq's own PG* variables. Of each but the last, NAME_FILE names a file that holds the value.
/// Where any DB_* variable is set, what neither another of them nor libpq's variable for the same
/// thing says is localhost, 5432, hokm_game and the role hakem.
/// Errors: kInvalidInput, naming the variable: a file that cannot be read, or what is wrong.
Result<Conninfo> ConninfoFromEnvironment(const yaml::Environment& environment);

/// STATE_DIRECTORY, which systemd sets: the first of its directories, or "".
std::string StateDirectoryFromEnvironment(const yaml::Environment& environment);
/// Whether any variable says which database to watch; if not, libpq's defaults would.
bool NamesDatabase(const yaml::Environment& environment);

/// The file that ConninfoFromEnvironment takes the password from, to be read again at each connect;
/// "" when it takes none from a file.
std::string PasswordFileFromEnvironment(const yaml::Environment& environment);

/// kThresholds' variables.
Result<Thresholds> ThresholdsFromEnvironment(const yaml::Environment& environment);

/// ALERT_WEBHOOK, ALERT_EMAIL and SMTP_*. Only what sends messages has a reason to read them: a
/// mistake in them must not stop a command that sends none. Errors: kInvalidInput, naming the
/// variable.
Result<ReceiverConfig> ReceiversFromEnvironment(const yaml::Environment& environment);

}  // namespace hakem::exporter

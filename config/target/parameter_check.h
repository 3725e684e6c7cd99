#pragma once

#include <string>
#include <string_view>

#include "config/target/dsn_text.h"
#include "model/result.h"

namespace hakem::exporter {

/// Checks a value of a parameter of libpq before libpq has it: libpq looks at most values only when
/// it connects, and then repeats them, in the log and to a name server. A wrong value is often a
/// part of a password that was not quoted or encoded.
///
/// `name` is what the message calls the parameter: its keyword, or a variable. The value is not
/// repeated. Errors: kInvalidInput: a host that is none, a port that is no number, a word that is
/// none of those which libpq knows, several parameters in one.
Result<void> CheckParameter(const DsnParameter& parameter, std::string_view name);

/// Checks that there are as many ports as hosts, or one for all, or none.
Result<void> CheckPortCount(std::string_view hosts, std::string_view ports);

/// Checks that the text is a host's name or address, not a list or a path. `name` as above.
Result<void> CheckHostName(std::string_view host, std::string_view name);

/// Reads a port from 1 to 65535. Errors: kInvalidInput. The value is repeated for a variable alone;
/// where `DB_PORT` holds an address, as Kubernetes and Docker set it for a service called `db`, the
/// message says so.
Result<int> ParsePort(std::string_view text, std::string_view name);

}  // namespace hakem::exporter

#pragma once

#include <string>
#include <string_view>

#include "config/target/dsn_text.h"
#include "model/result.h"

namespace hakem::config {

/// Checks the value of a libpq parameter before libpq gets it. libpq checks most values only when
/// it connects, and then repeats them in messages and to name servers. An invalid value is often a
/// part of a password that was not quoted or encoded, so this message does not repeat it.
///
/// `name` is what the message calls the parameter: its keyword, or a variable.
/// Errors: kInvalidInput: an invalid host or port, a word that libpq does not know for this
/// parameter, or several parameters in one.
Result<void> CheckParameter(const DsnParameter& parameter, std::string_view name);

/// Checks that there are as many ports as hosts, or one port for all hosts, or none.
Result<void> CheckPortCount(std::string_view hosts, std::string_view ports);

/// Checks that the text is the name or address of one host, not a list or a path. `name` is what
/// the message calls it.
Result<void> CheckHostName(std::string_view host, std::string_view name);

/// Reads a port from 1 to 65535. `name` is what the message calls it.
/// Errors: kInvalidInput. Only the message for a variable repeats the value. If the value is an
/// address, as Kubernetes and Docker put one into `DB_PORT` for a service called `db`, the message
/// explains that.
Result<int> ParsePort(std::string_view text, std::string_view name);

}  // namespace hakem::config

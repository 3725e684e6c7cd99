#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "model/result.h"
#include "model/time.h"
#include "process/run_program.h"

namespace hakem::exporter {

/// Finds this machine's sendmail: the first in `path`, a list like $PATH, else in /usr/sbin, else
/// in /usr/lib. Returns nothing if there is none.
std::optional<std::string> FindSendmail(std::string_view path);

/// Runs `program -t -i`, without a shell, with `message` as its standard input, and waits for its
/// end. sendmail reads the recipients from the message. It gets only those of our environment
/// variables that mail programs read, so no password. After `limit`, or soon after `stop`, it is
/// killed. The status of the result is one of sysexits.h; the output is the beginning of both.
/// Errors: kNotFound: it cannot be executed; kTimeout; kUnavailable: it was stopped, or the system
/// is short of memory, processes or descriptors.
Result<process::ProgramRun> RunSendmail(const std::string& program, std::string message,
                                        Duration limit, const std::stop_token& stop);

}  // namespace hakem::exporter

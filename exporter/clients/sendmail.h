#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "model/result.h"
#include "model/time.h"

namespace hakem::exporter {

/// How a run of the machine's sendmail ended.
struct SendmailRun {
  int status = 0;    ///< Its exit status (see sysexits.h), or 128 + the signal that ended it.
  std::string said;  ///< The beginning of what it printed on either output.
};

/// The machine's sendmail: the first one in `path`, a list as $PATH, else in /usr/sbin, else in
/// /usr/lib. Nothing when there is none.
std::optional<std::string> FindSendmail(std::string_view path);

/// Runs `program -t -i`, without a shell, with `message` as its standard input, and waits for its
/// end. It takes the recipients from the message. Of our environment it gets only what a mail
/// program reads, so no password of ours. After `limit`, or soon after `stop`, it is killed.
/// Errors: kNotFound (it cannot be executed), kTimeout, kUnavailable (stopped, or the system is
/// short of something).
Result<SendmailRun> RunSendmail(const std::string& program, std::string_view message,
                                Duration limit, const std::stop_token& stop);

}  // namespace hakem::exporter

#pragma once

#include <iosfwd>
#include <optional>
#include <stop_token>
#include <string>

#include "demo/hakem_client.h"
#include "model/clock.h"
#include "model/log.h"
#include "model/result.h"

namespace hakem::demo {

/// What `hakem demo` is asked for.
struct DemoOptions {
  int port = 0;  ///< Where Hakem serves HTTP; 0: 9187, or any other while that is taken.
  std::optional<Duration> length = std::nullopt;  ///< Since Hakem is ready; nothing: until stopped.
};

/// What the show works with.
struct DemoDeps {
  const Clock& clock;
  Fetch fetch;          ///< How Hakem is asked over HTTP.
  std::ostream& out;    ///< Where the show is told, line by line.
  Logger log;           ///< For the webhook's server.
  std::string program;  ///< The hakem to start; empty: the one that runs now.
};

/// How the show ended.
enum class DemoEnd {
  kComplete,     ///< Everything that was promised was seen.
  kIncomplete,   ///< Its time was over, and something was missing; what, has been told.
  kInterrupted,  ///< Somebody stopped it who had set it no end.
};

/// Shows all of Hakem on this machine: a private PostgreSQL, on which the simulator plays Hokm,
/// Hakem with its shipped rules, and a webhook that takes its messages. A rush of games breaks the
/// limit of active games: the alert fires, is told, ends, and that is told. No other may fire.
/// Leaves nothing behind, except what the children wrote when one failed: then it says where.
///
/// Blocks; the children die with the thread that calls it. Errors: of PostgreSQL's start, as
/// PrivatePostgres::Make; kInvalidInput when the port is taken; kUnavailable when a child ended.
Result<DemoEnd> RunDemo(const DemoOptions& options, const DemoDeps& deps,
                        const std::stop_token& stop);

}  // namespace hakem::demo

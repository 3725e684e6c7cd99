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

/// The options of `hakem demo`.
struct DemoOptions {
  int port = 0;  ///< Hakem's HTTP port; 0: 9187, or any free port if that is taken.
  std::optional<Duration> length =
      std::nullopt;  ///< Counted from when Hakem is ready; nothing: until stopped.
};

/// What the demo depends on.
struct DemoDeps {
  const Clock& clock;
  Fetch fetch;          ///< Sends requests to Hakem.
  std::ostream& out;    ///< Where progress is printed.
  Logger log;           ///< For the web server of the webhook.
  std::string program;  ///< The program `hakem` to start; empty: the current one.
};

/// How the demo ended.
enum class DemoEnd {
  kComplete,     ///< Everything that should happen was seen.
  kIncomplete,   ///< The time was over and something was missing, which was printed.
  kInterrupted,  ///< It was stopped, and had no time limit.
};

/// Demonstrates Hakem on this machine: a private PostgreSQL on which the simulator plays Hokm,
/// Hakem with its shipped rules, and a webhook that receives its messages. A burst of games exceeds
/// the limit of active games, so that an alert fires and is resolved, each with a message. No other
/// alert may fire. Nothing is left behind, but if a child failed the logs are kept and their folder
/// is printed.
///
/// Blocks. The children are killed if the calling thread ends. Errors: those of
/// PrivatePostgres::Make; kInvalidInput: the port is taken; kUnavailable: a child ended.
Result<DemoEnd> RunDemo(const DemoOptions& options, const DemoDeps& deps,
                        const std::stop_token& stop);

}  // namespace hakem::demo

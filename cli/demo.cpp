#include <iostream>

#include "cli/commands.h"
#include "cli/stop_signals.h"
#include "exporter/clients/fetch.h"

namespace hakem::exporter {
namespace {

constexpr Duration kAnswerWithin = std::chrono::seconds(2);

}  // namespace

int Demo(const demo::DemoOptions& options) {
  const StopSignals signals;
  const Log log(LogLevel::kWarn, LogFormat::kLogfmt);
  const auto end =
      demo::RunDemo(options,
                    {.clock = SystemClock(),
                     .fetch = [](const std::string& url) { return Fetch(url, kAnswerWithin); },
                     .out = std::cout,
                     .log = log.For("demo"),
                     .program = {}},
                    signals.token());
  if (!end) {
    // Whatever keeps the show from starting is this machine's: nobody else's database is asked.
    Report(end.error());
    return kUsage;
  }
  return *end == demo::DemoEnd::kIncomplete ? kWrong : kFine;
}

}  // namespace hakem::exporter

#include "demo/demo.h"

#include <fmt/format.h>

#include <iostream>

#include "cli/line/command.h"
#include "cli/line/options.h"
#include "cli/output/report.h"
#include "cli/system/stop_signals.h"
#include "exporter/clients/fetch.h"

namespace hakem::cli {
namespace {

constexpr Duration kAnswerWithin = std::chrono::seconds(2);

Result<void> ReadLength(const std::string& text, demo::DemoOptions& options) {
  return ParseWholeNumber(text).and_then([&](int seconds) -> Result<void> {
    if (seconds < 1) {
      return Fail(ErrorCode::kInvalidInput, fmt::format("\"{}\" is not a number of seconds", text));
    }
    options.length = std::chrono::seconds(seconds);
    return {};
  });
}

void AddOptions(CLI::App& command, demo::DemoOptions& options) {
  AddWholeNumber(command, "--port",
                 "the port that Hakem listens on (default 9187, or a free one if it is taken)", "N",
                 [&options](int port) { options.port = port; });
  AddParsed(command, "--seconds",
            "end after this time, with status 0 only if everything was seen (default: run until "
            "Ctrl-C)",
            "N", [&options](const std::string& text) { return ReadLength(text, options); });
}

int Run(const demo::DemoOptions& options) {
  const StopSignals signals;
  const Log log(LogLevel::kWarn, LogFormat::kLogfmt);
  const auto end = demo::RunDemo(
      options,
      {.clock = SystemClock(),
       .fetch = [](const std::string& url) { return exporter::Fetch(url, kAnswerWithin); },
       .out = std::cout,
       .log = log.For("demo"),
       .program = {}},
      signals.token());
  if (!end) {
    // Whatever the error's code: the cause lies in this machine, and no other database is asked.
    Report(end.error());
    return kUsage;
  }
  return *end == demo::DemoEnd::kIncomplete ? kWrong : kFine;
}

}  // namespace

extern const CommandSpec demo;
constinit const CommandSpec demo{
    .name = "demo",
    .help = "Show everything on a private PostgreSQL: games, metrics, an alert and its message",
    .group = CommandGroup::kTry,
    .bind = Bind<demo::DemoOptions, AddOptions, Run>};

}  // namespace hakem::cli

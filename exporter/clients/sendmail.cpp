#include "exporter/clients/sendmail.h"

#include <fmt/format.h>

#include <cstdlib>
#include <map>
#include <utility>

namespace hakem::exporter {
namespace {

/// What mail programs read. All other variables, passwords among them, are not passed on.
constexpr const char* kVariables[] = {"PATH",     "HOME",     "USER",           "LOGNAME",
                                      "TZ",       "TMPDIR",   "LANG",           "LC_ALL",
                                      "MAILNAME", "MAILHOST", "XDG_CONFIG_HOME"};

std::map<std::string, std::string> Environment() {
  std::map<std::string, std::string> environment;
  for (const char* name : kVariables) {
    // Nobody writes to the environment after main has begun.
    if (const char* value = std::getenv(name)) {
      environment.emplace(name, value);
    }
  }
  return environment;
}

}  // namespace

std::optional<std::string> FindSendmail(std::string_view path) {
  return process::FindProgram("sendmail", fmt::format("{}:/usr/sbin:/usr/lib", path));
}

Result<process::ProgramRun> RunSendmail(const std::string& program, std::string message,
                                        Duration limit, const std::stop_token& stop) {
  // What it starts in the background delivers the mail.
  Result<process::ProgramRun> run =
      process::RunProgram({.argv = {program, "-t", "-i"},
                           .environment = Environment(),
                           .inherits_environment = false,
                           .standard_input = std::move(message),
                           .standard_error = process::Output::ToStandardOutput(),
                           .death_signal = 0},
                          {.time = limit, .keep_descendants = true}, stop);
  if (!run &&
      (run.error().code == ErrorCode::kRefused || run.error().code == ErrorCode::kNotFound)) {
    return Fail(ErrorCode::kNotFound,
                fmt::format("cannot run {}: {}", program, run.error().message));
  }
  return run;
}

}  // namespace hakem::exporter

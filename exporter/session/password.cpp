#include "exporter/session/password.h"

#include <fmt/format.h>

#include "model/known_secrets.h"
#include "model/read_file.h"
#include "process/run_program.h"

namespace hakem::exporter {
namespace {

Secret WithoutCarriageReturn(std::string line) {
  if (line.ends_with('\r')) {
    line.pop_back();
  }
  return Secret(std::move(line));
}

Result<Secret> ReadFromFile(const std::string& path) {
  return ReadSecretLine(path)
      .transform([](std::string line) { return Secret(std::move(line)); })
      .or_else([](const Error& error) -> Result<Secret> {
        return Fail(error.code, "password file: " + error.message);
      });
}

/// Runs the command that HAKEM_PASSWORD_COMMAND holds. Every user of the machine can read the
/// arguments of a process, so the command is not one of them; what it starts does not inherit the
/// variable.
constexpr const char* kRunCommand =
    "eval \"unset HAKEM_PASSWORD_COMMAND\n$HAKEM_PASSWORD_COMMAND\"";

Result<Secret> RunCommand(const std::string& command) {
  constexpr Duration kTimeLimit = std::chrono::seconds(5);
  const auto run = process::RunProgram({.argv = {"/bin/sh", "-c", kRunCommand},
                                        .environment = {{"HAKEM_PASSWORD_COMMAND", command}},
                                        .standard_error = process::Output::ToFile("/dev/null")},
                                       {.time = kTimeLimit});
  if (!run && run.error().code == ErrorCode::kTimeout) {
    return Fail(ErrorCode::kUnavailable, "password_command did not end within 5 s");
  }
  if (!run) {
    return Fail(ErrorCode::kUnavailable, "password_command: " + run.error().message);
  }
  if (run->status != 0) {
    return Fail(ErrorCode::kUnavailable,
                fmt::format("password_command ended with status {}", run->status));
  }
  if (run->output.empty()) {
    return Fail(ErrorCode::kUnavailable, "password_command printed nothing");
  }
  return WithoutCarriageReturn(run->output.substr(0, run->output.find('\n')));
}

}  // namespace

Result<Secret> ReadPassword(const PasswordSource& source) {
  Result<Secret> password =
      source.file.empty() ? RunCommand(source.command) : ReadFromFile(source.file);
  if (password) {
    AddKnownSecret(*password);
  }
  return password;
}

}  // namespace hakem::exporter

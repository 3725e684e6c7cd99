#include "exporter/session/password.h"

#include <fmt/format.h>

#include "model/known_secrets.h"
#include "model/read_file.h"
#include "process/child_process.h"

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

Result<Secret> RunCommand(const std::string& command) {
  constexpr Duration kPatience = std::chrono::seconds(5);
  auto child =
      process::ChildProcess::Start({.argv = {"/bin/sh", "-c", command},
                                    .standard_output = process::Output::ToPipe(),
                                    .standard_error = process::Output::ToFile("/dev/null")});
  if (!child) {
    return Fail(ErrorCode::kUnavailable, "password_command: " + child.error().message);
  }
  const auto status = child->WaitFor(kPatience);
  if (!status) {
    return Fail(ErrorCode::kUnavailable, "password_command did not end within 5 s");
  }
  if (*status != 0) {
    return Fail(ErrorCode::kUnavailable,
                fmt::format("password_command ended with status {}", *status));
  }
  auto line = child->ReadLine();
  if (!line) {
    return Fail(ErrorCode::kUnavailable, "password_command printed nothing");
  }
  return WithoutCarriageReturn(*std::move(line));
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

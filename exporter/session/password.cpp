#include "exporter/session/password.h"

#include <fmt/format.h>

#include <fstream>

#include "demo/child_process.h"

namespace hakem::exporter {
namespace {

Secret WithoutCarriageReturn(std::string line) {
  if (line.ends_with('\r')) {
    line.pop_back();
  }
  return Secret(std::move(line));
}

Result<Secret> ReadFirstLine(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  if (!std::getline(file, line)) {
    return Fail(ErrorCode::kInvalidInput,
                fmt::format("password file {} cannot be read or is empty", path));
  }
  return WithoutCarriageReturn(std::move(line));
}

Result<Secret> RunCommand(const std::string& command) {
  constexpr Duration kPatience = std::chrono::seconds(5);
  auto child = demo::ChildProcess::Start({.argv = {"/bin/sh", "-c", command},
                                          .standard_output = demo::Output::ToPipe(),
                                          .standard_error = demo::Output::ToFile("/dev/null")});
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
  return source.file.empty() ? RunCommand(source.command) : ReadFirstLine(source.file);
}

}  // namespace hakem::exporter

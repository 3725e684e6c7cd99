#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "cli/line/command_line.h"

namespace hakem {

/// How a command of this process ended.
struct CommandRun {
  int status = 0;
  std::string output;
  std::string errors;
};

/// Runs a command of Hakem in this process.
inline CommandRun RunCommand(const std::vector<std::string>& words) {
  std::vector<const char*> arguments{"hakem"};
  for (const std::string& word : words) {
    arguments.push_back(word.c_str());
  }
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  const int status = cli::RunCommandLine(static_cast<int>(arguments.size()), arguments.data());
  std::string output = testing::internal::GetCapturedStdout();
  return {status, std::move(output), testing::internal::GetCapturedStderr()};
}

}  // namespace hakem

#include <fmt/format.h>

#include <cstdio>

#include "exporter/commands/commands.h"
#include "model/known_secrets.h"

namespace hakem::exporter {

int Report(const Error& error) {
  fmt::print(stderr, "hakem: {}\n", WithoutKnownSecrets(error.message));
  switch (error.code) {
    case ErrorCode::kInvalidInput:
    case ErrorCode::kNotFound:
      return kUsage;
    case ErrorCode::kUnavailable:
    case ErrorCode::kTimeout:
    case ErrorCode::kRefused:
      return kUnreachable;
    case ErrorCode::kInternal:
      return kWrong;
  }
  return kWrong;
}

}  // namespace hakem::exporter

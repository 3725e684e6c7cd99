#include "cli/output/write_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace hakem::cli {
namespace {

tl::unexpected<Error> CannotWrite(const std::string& path) {
  return Fail(ErrorCode::kInvalidInput,
              fmt::format("cannot write {}: {}", path, std::strerror(errno)));
}

/// The temporary file lies next to the file, so that renaming stays on one file system.
std::string TemporaryName(const std::string& path) {
  return fmt::format("{}.{}.tmp", path, getpid());
}

int CreateTemporary(const std::string& path) {
  return open(TemporaryName(path).c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
}

bool WriteAll(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(file, text.data(), text.size());
    if (written < 0) {
      return false;
    }
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

Result<void> WriteFile(const std::string& path, std::string_view text) {
  const int file = CreateTemporary(path);
  if (file < 0) {
    return CannotWrite(path);
  }
  bool done = WriteAll(file, text);
  done = close(file) == 0 && done;
  done = done && rename(TemporaryName(path).c_str(), path.c_str()) == 0;
  if (!done) {
    auto failure = CannotWrite(path);
    unlink(TemporaryName(path).c_str());
    return failure;
  }
  return {};
}

Result<void> CheckWritable(const std::string& path) {
  const int file = CreateTemporary(path);
  if (file < 0) {
    return CannotWrite(path);
  }
  close(file);
  unlink(TemporaryName(path).c_str());
  return {};
}

}  // namespace hakem::cli

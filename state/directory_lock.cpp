#include "state/directory_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace hakem::state {

Result<DirectoryLock> DirectoryLock::Take(const std::string& directory) {
  const std::string path = directory + "/hakem.lock";
  DirectoryLock lock(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (lock.file_ < 0 && errno == EISDIR) {
    return Fail(ErrorCode::kInvalidInput, fmt::format("cannot lock {}: Is a directory", path));
  }
  if (lock.file_ < 0) {
    return Fail(ErrorCode::kInvalidInput, fmt::format("cannot write to state directory {}: {}",
                                                      directory, std::strerror(errno)));
  }
  if (flock(lock.file_, LOCK_EX | LOCK_NB) != 0) {
    return Fail(ErrorCode::kInvalidInput,
                errno == EWOULDBLOCK
                    ? fmt::format("state directory {} is in use by another Hakem", directory)
                    : fmt::format("cannot lock {}: {}", path, std::strerror(errno)));
  }
  return lock;
}

DirectoryLock::~DirectoryLock() {
  if (file_ >= 0) {
    close(file_);
  }
}

}  // namespace hakem::state

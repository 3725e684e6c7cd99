#pragma once

#include <string>
#include <utility>

#include "model/result.h"

namespace hakem::state {

/// An exclusive lock on a directory. It is released with the object, or when the process ends.
class DirectoryLock {
 public:
  /// Errors: kInvalidInput: another process holds the lock, or the directory cannot be written.
  static Result<DirectoryLock> Take(const std::string& directory);

  DirectoryLock(DirectoryLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}

  DirectoryLock(const DirectoryLock&) = delete;
  DirectoryLock& operator=(const DirectoryLock&) = delete;
  DirectoryLock& operator=(DirectoryLock&&) = delete;
  ~DirectoryLock();

 private:
  explicit DirectoryLock(int file) : file_(file) {}

  int file_;
};

}  // namespace hakem::state

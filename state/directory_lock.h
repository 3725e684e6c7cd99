#pragma once

#include <string>
#include <utility>

#include "model/result.h"

namespace hakem::state {

/// The right to use a directory alone. It ends with the object, or with the process, however that
/// ends.
class DirectoryLock {
 public:
  /// Errors: kInvalidInput: the directory is in use, or cannot be written.
  static Result<DirectoryLock> Take(const std::string& directory);

  DirectoryLock(DirectoryLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}

  DirectoryLock& operator=(DirectoryLock&&) = delete;
  ~DirectoryLock();

 private:
  explicit DirectoryLock(int file) : file_(file) {}

  int file_;
};

}  // namespace hakem::state

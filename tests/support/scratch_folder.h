#pragma once

#include <filesystem>
#include <string>

#include "process/temporary_folder.h"

namespace hakem {

/// A new empty folder; the destructor removes it with its contents.
class ScratchFolder {
 public:
  ScratchFolder() : path_(process::MakeTemporaryFolder("hakem-test").value()) {}

  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  const std::string& path() const { return path_; }

  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  const std::string path_;
};

}  // namespace hakem

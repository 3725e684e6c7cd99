#include "process/temporary_folder.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>

namespace hakem::process {

Result<std::string> MakeTemporaryFolder(std::string_view name) {
  const char* tmpdir = std::getenv("TMPDIR");
  const std::string_view parent = tmpdir != nullptr && *tmpdir != 0 ? tmpdir : "/tmp";
  std::string folder = fmt::format("{}/{}-XXXXXX", parent, name);
  if (mkdtemp(folder.data()) == nullptr) {
    return Fail(ErrorCode::kRefused,
                fmt::format("cannot make a folder in {}: {}; set TMPDIR to a folder that can be "
                            "written to",
                            parent, std::generic_category().message(errno)));
  }
  return folder;
}

}  // namespace hakem::process

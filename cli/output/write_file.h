#pragma once

#include <string>
#include <string_view>

#include "model/result.h"

namespace hakem::cli {

/// Replaces a file as a whole: readers see the old text or the new one, never a part.
/// Errors: kInvalidInput with the path and the system's reason; the old file is unchanged then.
Result<void> WriteFile(const std::string& path, std::string_view text);

/// Checks whether WriteFile can work, without changing the file. Errors: as WriteFile.
Result<void> CheckWritable(const std::string& path);

}  // namespace hakem::cli

#pragma once

#include <string>
#include <string_view>

#include "model/result.h"

namespace hakem::exporter {

/// Replaces a file as a whole: whoever reads it sees the old text or the new one, never a part.
/// Errors: kInvalidInput with the path and the system's reason; the old file is as it was.
Result<void> WriteFile(const std::string& path, std::string_view text);

/// Whether WriteFile would work, without changing the file. Errors: as WriteFile's.
Result<void> CheckWritable(const std::string& path);

}  // namespace hakem::exporter

#pragma once

#include <string>
#include <string_view>

#include "model/result.h"

namespace hakem::process {

/// Makes an empty folder `<name>-XXXXXX` in $TMPDIR, else in /tmp. The caller must remove it.
/// Errors: kRefused with the system's reason.
Result<std::string> MakeTemporaryFolder(std::string_view name);

}  // namespace hakem::process

#pragma once

#include <string>

namespace hakem {

/// The promtool that Hakem is compared with: that of the folder $HAKEM_ORACLE_TREE, which should be
/// version 3.5, or else Debian's. A test that includes this header needs the ctest fixture `peers`.
struct Promtool {
  std::string path;
  bool is_new;  ///< Version 3.5, not 2.42.
};

Promtool FindPromtool();

}  // namespace hakem

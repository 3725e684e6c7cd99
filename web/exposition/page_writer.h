#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "model/mutex.h"
#include "model/snapshot.h"
#include "web/exposition/page_format.h"

namespace hakem::web {

/// A page in parts that are sent one after another. Pages share equal parts.
using PageParts = std::vector<std::shared_ptr<const std::string>>;

/// Writes pages and caches the lines of large families, which are the same in both formats, until
/// their samples change: most of a page comes from collectors that run once a minute. Thread-safe:
/// one page is written at a time.
class PageWriter {
 public:
  /// Writes the same page as Render(). All snapshots must have the same target labels.
  PageParts Write(const Snapshot& snapshot, PageFormat format);

 private:
  struct Lines {
    Samples samples;
    std::shared_ptr<const std::string> text;
  };

  Mutex mutex_;
  std::map<std::string, Lines> lines_ GUARDED_BY(mutex_);  ///< Lines of the last page, by family.
};

}  // namespace hakem::web

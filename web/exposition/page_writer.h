#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "model/mutex.h"
#include "model/snapshot.h"
#include "web/exposition/page_format.h"

namespace hakem::web {

/// A page in pieces, to be sent one after another; pages share those that say the same.
using PageParts = std::vector<std::shared_ptr<const std::string>>;

/// Writes one page after another. The lines of a large family are written once for both formats and
/// kept as long as its samples stay: most of a page is of collectors that run once a minute.
/// Thread-safe: one page is written at a time.
class PageWriter {
 public:
  /// The same page as Render's. All snapshots have the same target labels.
  PageParts Write(const Snapshot& snapshot, PageFormat format);

 private:
  struct Lines {
    Samples samples;
    std::shared_ptr<const std::string> text;
  };

  Mutex mutex_;
  std::map<std::string, Lines> lines_ GUARDED_BY(mutex_);  ///< Of the last page, by family.
};

}  // namespace hakem::web

#pragma once

#include <array>
#include <memory>
#include <mutex>
#include <string>

#include "model/mutex.h"
#include "model/snapshot.h"
#include "web/exposition/page_format.h"

namespace hakem::web {

/// The pages of one snapshot, each written when first asked for and once, likewise its compressed
/// form. Thread-safe: who comes meanwhile waits for the one who writes.
class RenderedPage {
 public:
  using Text = std::shared_ptr<const std::string>;

  /// Null stands for a snapshot without families.
  explicit RenderedPage(std::shared_ptr<const Snapshot> snapshot);

  const std::shared_ptr<const Snapshot>& snapshot() const { return snapshot_; }

  Text Plain(PageFormat format) const;
  Text Gzipped(PageFormat format) const;

 private:
  /// A page in one format. The texts are written once, by the one who rendered.
  struct Page {
    std::once_flag rendered;
    std::once_flag compressed;
    Text text;
    Text gzipped;
  };

  const std::shared_ptr<const Snapshot> snapshot_;
  mutable std::array<Page, 2> pages_;  // By format.
};

/// Keeps the pages of the last snapshot asked for. Thread-safe.
class PageCache {
 public:
  std::shared_ptr<const RenderedPage> PageOf(const std::shared_ptr<const Snapshot>& snapshot);

 private:
  Mutex mutex_;
  std::shared_ptr<const RenderedPage> page_ GUARDED_BY(mutex_);
};

}  // namespace hakem::web

#pragma once

#include <array>
#include <memory>
#include <mutex>
#include <string>

#include "model/mutex.h"
#include "model/snapshot.h"
#include "web/exposition/page_format.h"
#include "web/exposition/page_writer.h"

namespace hakem::web {

/// The pages of one snapshot. Each page, and its compressed form, is written once, when it is first
/// requested. Thread-safe: other threads wait for the one that writes.
class RenderedPage {
 public:
  /// A null `snapshot` is treated as one without families.
  RenderedPage(std::shared_ptr<const Snapshot> snapshot, std::shared_ptr<PageWriter> writer);

  const std::shared_ptr<const Snapshot>& snapshot() const { return snapshot_; }

  const PageParts& Plain(PageFormat format) const;
  std::shared_ptr<const std::string> Gzipped(PageFormat format) const;

 private:
  /// A page in one format.
  struct Page {
    std::once_flag rendered;
    std::once_flag compressed;
    PageParts parts;
    std::shared_ptr<const std::string> gzipped;
  };

  const std::shared_ptr<const Snapshot> snapshot_;
  const std::shared_ptr<PageWriter> writer_;
  mutable std::array<Page, 2> pages_;  // By format.
};

/// Keeps the pages of the last requested snapshot. Thread-safe.
class PageCache {
 public:
  std::shared_ptr<const RenderedPage> PageOf(const std::shared_ptr<const Snapshot>& snapshot);

 private:
  const std::shared_ptr<PageWriter> writer_ = std::make_shared<PageWriter>();
  Mutex mutex_;
  std::shared_ptr<const RenderedPage> page_ GUARDED_BY(mutex_);
};

}  // namespace hakem::web

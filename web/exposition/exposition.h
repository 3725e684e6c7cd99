#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "model/mutex.h"
#include "model/snapshot.h"

namespace hakem::web {

/// The type of a page in Prometheus' text format.
inline constexpr std::string_view kTextFormat = "text/plain; version=0.0.4; charset=utf-8";

/// The snapshot in Prometheus' text format 0.0.4: HELP, TYPE and samples of each family that has
/// any, in the snapshot's order; values in the shortest form that reads back as the same double.
std::string RenderText(const Snapshot& snapshot);

/// Compressed at level 1: three times as fast as the usual 6, a tenth larger.
std::string Gzip(std::string_view text);

/// The page of one snapshot, rendered when first asked for and once, likewise its compressed form.
/// Thread-safe: who comes meanwhile waits for the one who renders.
class RenderedPage {
 public:
  using Text = std::shared_ptr<const std::string>;

  /// Null stands for a snapshot without families.
  explicit RenderedPage(std::shared_ptr<const Snapshot> snapshot);

  const std::shared_ptr<const Snapshot>& snapshot() const { return snapshot_; }

  Text PlainText() const;
  Text Gzipped() const;

 private:
  const std::shared_ptr<const Snapshot> snapshot_;
  mutable std::once_flag rendered_;
  mutable std::once_flag compressed_;
  mutable Text text_;     // Written once, by the one who rendered.
  mutable Text gzipped_;  // Likewise.
};

/// Keeps the page of the last snapshot asked for. Thread-safe.
class PageCache {
 public:
  std::shared_ptr<const RenderedPage> PageOf(const std::shared_ptr<const Snapshot>& snapshot);

 private:
  Mutex mutex_;
  std::shared_ptr<const RenderedPage> page_ GUARDED_BY(mutex_);
};

}  // namespace hakem::web

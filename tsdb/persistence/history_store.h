#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/labels.h"
#include "model/result.h"
#include "model/time.h"
#include "tsdb/series/saved_id.h"

namespace hakem::tsdb {

/// A series under its number.
struct SavedSeries {
  SavedId id;
  Labels labels;

  /// What the disk keeps of the labels (see labels_text.h).
  std::string LabelBytes() const;
};

/// What was appended between two saves, as bytes (see block.h).
struct SavedBlock {
  bool is_key;  ///< Whether it can be read without the block before it.
  Timestamp min_time;
  Timestamp max_time;
  std::string data;
};

/// One save: all of it or nothing.
struct SavedChange {
  bool replaces_all = false;  ///< Whether everything that was saved before is dropped first.
  std::vector<SavedSeries> added;
  std::vector<SavedId> removed;
  SavedBlock block;
  /// Blocks that are older are dropped, but for what the first one from then on needs.
  Timestamp oldest_kept;
};

/// Where the history survives a restart. Used by one thread at a time.
class HistoryStore {
 public:
  virtual ~HistoryStore() = default;

  /// Errors: kUnavailable: not now; nothing has changed.
  virtual Result<void> Save(const SavedChange& change) = 0;

  /// Hands over all series, as LabelBytes has them, then all blocks in the order in which they were
  /// saved. The views live for the call.
  virtual Result<void> Load(
      const std::function<void(SavedId id, std::string_view labels)>& on_series,
      const std::function<void(std::string_view block)>& on_block) = 0;
};

}  // namespace hakem::tsdb

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

/// A series and the number under which it is saved.
struct SavedSeries {
  SavedId id{};
  Labels labels;

  /// Returns the labels as they are saved (see labels_text.h).
  std::string LabelBytes() const;
};

/// The samples appended between two saves, encoded (see block.h).
struct SavedBlock {
  bool is_key = false;  ///< Whether it can be read without the previous block.
  Timestamp min_time;
  Timestamp max_time;
  std::string data;
};

/// One save. It is written as a whole or not at all.
struct SavedChange {
  bool replaces_all = false;  ///< Whether everything saved before is deleted first.
  std::vector<SavedSeries> added;
  std::vector<SavedId> removed;
  SavedBlock block;
  /// Older blocks are deleted, except those that the first block from this time on needs.
  Timestamp oldest_kept;
};

/// Keeps the history on disk across restarts. Used by one thread at a time.
class HistoryStore {
 public:
  virtual ~HistoryStore() = default;

  /// Errors: kUnavailable: nothing has been changed; try again later.
  virtual Result<void> Save(const SavedChange& change) = 0;

  /// Calls `on_series` for all series with their LabelBytes, then `on_block` for all blocks in the
  /// order in which they were saved. The views are valid during the call.
  virtual Result<void> Load(
      const std::function<void(SavedId id, std::string_view labels)>& on_series,
      const std::function<void(std::string_view block)>& on_block) = 0;
};

}  // namespace hakem::tsdb

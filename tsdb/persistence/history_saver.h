#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "model/instruments.h"
#include "model/log.h"
#include "tsdb/persistence/block.h"
#include "tsdb/persistence/history_store.h"
#include "tsdb/persistence/load_history.h"
#include "tsdb/store/store.h"

namespace hakem::tsdb {

inline constexpr Instrument kHistorySaved{
    "hakem_history_saved", MetricType::kGauge,
    "Whether the newest samples could be written to disk when that was last tried."};
inline constexpr Instrument kHistorySavedBytes{"hakem_history_saved_bytes_total",
                                               MetricType::kCounter,
                                               "Bytes of samples that were written to disk."};
inline constexpr Instrument kHistorySaveFailures{
    "hakem_history_save_failures_total", MetricType::kCounter,
    "Tries to write samples to disk that failed; the next one that succeeds makes up for them."};

/// How many blocks follow each other before the next key block. A damaged block makes the ones up
/// to the next key block, half an hour's, unreadable. More key blocks would make the file larger.
inline constexpr int kBlocksPerKey = 90;

/// Writes new samples from the store to disk. When the disk fails, the samples stay in memory and
/// the next successful save writes them. When stored samples have been changed
/// (StoreStats::rewrites), everything is written again. Used by one thread at a time.
class HistorySaver {
 public:
  struct Deps {
    const Store& store;
    HistoryStore& disk;
    Instruments& instruments;
    Logger log;
  };

  /// `on_disk`: the result of LoadHistory.
  HistorySaver(SavedHistory on_disk, Deps deps);

  /// Writes the samples that the disk does not have yet.
  void Save();

 private:
  /// The points to be written, in one list for all series, because there are many series with few
  /// points each.
  struct NewPoints {
    struct Part {
      SavedId id;
      std::uint32_t count;
      std::size_t begin;
    };

    std::vector<Part> parts;
    std::vector<Point> points;

    std::span<const Point> Of(const Part& part) const {
      return std::span(points).subspan(part.begin, part.count);
    }
  };

  void BeginAnew();
  Result<void> TrySlice(Timestamp until);
  Result<void> SaveSlice(Timestamp until);
  NewPoints TakeNew(Timestamp until, SavedChange& change);
  Result<void> SaveBlock(const NewPoints& taken, Timestamp until, SavedChange& change);
  void ForgetDropped();
  void NoteOutcome(const Result<void>& outcome);

  const Deps deps_;
  SavedHistory on_disk_;
  BlockEncoder encoder_;
  int blocks_until_key_ = 0;
  std::size_t blocks_ = 0;      ///< How many were written so far.
  bool replaces_all_ = false;   ///< The next save replaces everything on the disk.
  std::uint64_t rewrites_ = 0;  ///< StoreStats::rewrites at the last save.
  Timestamp saved_until_;
  bool works_ = true;
};

}  // namespace hakem::tsdb

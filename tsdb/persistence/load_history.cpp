#include "tsdb/persistence/load_history.h"

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "tsdb/persistence/block.h"
#include "tsdb/persistence/labels_text.h"

namespace hakem::tsdb {
namespace {

class Loader {
 public:
  Loader(Store& store, Timestamp now) : store_(store), now_(now) {}

  void TakeSeries(SavedId id, std::string_view bytes) {
    next_id_ = std::max(next_id_, id + 1);
    Result<Labels> labels = LabelsFromBytes(bytes);
    if (!labels) {
      NoteDamage(labels.error());
    }
    series_.emplace(id, Loaded{labels.value_or(Labels()), nullptr});
  }

  void TakeBlock(std::string_view block) {
    Store::AppendBatch batch(store_);
    const Result<void> decoded =
        decoder_.Decode(block, [&](SavedId id, std::span<const Point> points) {
          const auto found = series_.find(id);
          if (found == series_.end() || found->second.labels.empty()) {
            return;
          }
          Loaded& series = found->second;
          if (series.stored == nullptr || series.stored->is_dropped()) {
            series.stored = batch.FindOrAdd(series.labels);
          }
          for (const Point& point : points) {
            if (point.time > now_) {
              ++future_;
              continue;
            }
            batch.Append(*series.stored, point.time, point.value);
          }
        });
    if (!decoded) {
      NoteDamage(decoded.error());
    }
    batch.Commit();  // Also when the block is damaged: what was read before the damage is good.
  }

  SavedHistory Finish(const Logger& log) {
    SavedHistory history;
    history.until.resize(next_id_, Timestamp::min());
    for (const auto& [id, series] : series_) {
      if (series.stored == nullptr || series.stored->is_dropped() ||
          series.stored->saved_id() != kNotSaved) {  // It was saved again under a higher id.
        history.unused.push_back(id);
      } else {
        series.stored->SetSavedId(id);
        history.until[id] = series.stored->last_time();
      }
    }
    history.has_future = future_ > 0;
    if (future_ > 0) {
      log.Warn("samples later than the machine's clock were skipped while loading the history",
               {{"samples", future_}});
    }
    if (damaged_ > 0) {
      log.Error("damaged parts of the history were skipped",
                {{"parts", damaged_}, {"first_error", first_error_}});
    }
    return history;
  }

 private:
  struct Loaded {
    Labels labels;                         ///< Empty when they could not be read.
    std::shared_ptr<StoredSeries> stored;  ///< Null until a sample was read.
  };

  void NoteDamage(const Error& error) {
    if (damaged_++ == 0) {
      first_error_ = error.message;
    }
  }

  Store& store_;
  const Timestamp now_;
  BlockDecoder decoder_;
  std::map<SavedId, Loaded, std::greater<>> series_;  ///< Highest id first.
  SavedId next_id_ = 0;
  std::uint64_t future_ = 0;
  std::uint64_t damaged_ = 0;
  std::string first_error_;
};

}  // namespace

SavedHistory LoadHistory(HistoryStore& disk, Store& store, const Logger& log, Timestamp now) {
  Loader loader(store, now);
  const Result<void> loaded =
      disk.Load([&](SavedId id, std::string_view labels) { loader.TakeSeries(id, labels); },
                [&](std::string_view block) { loader.TakeBlock(block); });
  if (!loaded) {
    log.Error("the history could not be read to the end", {{"error", loaded.error().message}});
  }
  SavedHistory history = loader.Finish(log);
  if (const StoreStats stats = store.Stats(); stats.series > 0) {
    log.Info("history loaded", {{"series", stats.series}, {"samples", stats.samples_total}});
  }
  return history;
}

}  // namespace hakem::tsdb

#include "tsdb/store/store_metrics.h"

namespace hakem::tsdb {

void StoreMetrics::Update(const StoreStats& stats) {
  const auto add = [&](const Instrument& counter, std::uint64_t before, std::uint64_t now) {
    instruments_.Add(counter, {}, static_cast<double>(now - before));
  };
  instruments_.Set(kSeries, {}, static_cast<double>(stats.series));
  instruments_.Set(kBytes, {}, static_cast<double>(stats.bytes));
  add(kSamples, published_.samples_total, stats.samples_total);
  add(kOutOfOrder, published_.out_of_order_total, stats.out_of_order_total);
  add(kDuplicates, published_.duplicates_total, stats.duplicates_total);
  published_ = stats;
}

}  // namespace hakem::tsdb

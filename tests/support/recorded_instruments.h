#pragma once

#include <map>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include "model/instruments.h"
#include "model/mutex.h"

namespace hakem {

/// Instruments that a test can read: values by `name` and label values.
class RecordedInstruments : public Instruments {
 public:
  void Add(const Instrument& instrument, LabelValues labels, double amount = 1) override {
    const MutexLock lock(mutex_);
    values_[Key(instrument.name, labels)] += amount;
  }

  void Set(const Instrument& instrument, LabelValues labels, double value) override {
    const MutexLock lock(mutex_);
    values_[Key(instrument.name, labels)] = value;
  }

  /// Records the number and the sum of the values as `name_count` and `name_sum`.
  void Observe(const Instrument& instrument, LabelValues labels,
               std::span<const double> values) override {
    const MutexLock lock(mutex_);
    const std::string name(instrument.name);
    values_[Key(name + "_count", labels)] += static_cast<double>(values.size());
    values_[Key(name + "_sum", labels)] += std::accumulate(values.begin(), values.end(), 0.0);
  }

  void Remove(const Instrument& instrument, LabelValues labels) override {
    const MutexLock lock(mutex_);
    values_.erase(Key(instrument.name, labels));
  }

  /// The value; 0 if nothing was recorded.
  double Value(std::string_view name, LabelValues labels = {}) const {
    const MutexLock lock(mutex_);
    const auto found = values_.find(Key(name, labels));
    return found == values_.end() ? 0 : found->second;
  }

  /// Whether it was recorded, even as 0.
  bool Has(std::string_view name, LabelValues labels = {}) const {
    const MutexLock lock(mutex_);
    return values_.contains(Key(name, labels));
  }

 private:
  static std::vector<std::string> Key(std::string_view name, LabelValues labels) {
    std::vector<std::string> key(labels.begin(), labels.end());
    key.insert(key.begin(), std::string(name));
    return key;
  }

  mutable Mutex mutex_;
  std::map<std::vector<std::string>, double> values_ GUARDED_BY(mutex_);
};

}  // namespace hakem

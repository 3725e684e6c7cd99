#pragma once

#include <span>

#include "model/metric_family.h"
#include "model/time.h"

namespace hakem::tsdb {

/// Takes samples in. Thread-safe.
class Appender {
 public:
  virtual ~Appender() = default;

  /// Appends samples of one timestamp. A sample that is not later than the last one of its series
  /// is refused and counted. Labels are stored as they are.
  virtual void Append(Timestamp time, std::span<const Sample> samples) = 0;
};

}  // namespace hakem::tsdb

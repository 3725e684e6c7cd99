#pragma once

#include <string>
#include <vector>

#include "model/labels.h"
#include "model/time.h"
#include "tsdb/chunk/point.h"

namespace hakem::bench {

/// A series and some of its samples, oldest first.
struct WrittenSeries {
  Labels labels;
  std::vector<tsdb::Point> points;
};

/// Returns the body of a request of Prometheus' remote write protocol, version 1: a WriteRequest of
/// protocol buffers in Snappy's block format, without compressing it.
std::string RemoteWriteBody(const std::vector<WrittenSeries>& series);

}  // namespace hakem::bench

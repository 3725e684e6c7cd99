#include "promql/evaluation/query_context.h"

#include <algorithm>

#include "model/interruption.h"
#include "promql/syntax/query_error.h"

namespace hakem::promql {
namespace {

constexpr std::size_t kChecksPerLook =
    64;  ///< Reading the clock takes longer than most steps in between.

[[noreturn]] void ThrowTooManySamples() {
  ThrowQueryError(
      ErrorCode::kInvalidInput,
      "query processing would load too many samples into memory in expression evaluation");
}

}  // namespace

QueryContext::QueryContext(const tsdb::Queryable& data, const EngineOptions& options,
                           const QueryTimes& times)
    : data_(data),
      options_(options),
      times_(times),
      deadline_(options.clock->SteadyNow() + options.timeout) {}

void QueryContext::CheckRunning() {
  if (++checks_ % kChecksPerLook != 1) {
    return;
  }
  if (options_.cancelled && options_.cancelled()) {
    ThrowQueryError(ErrorCode::kUnavailable, "query was canceled in expression evaluation");
  }
  if (options_.clock->SteadyNow() > deadline_) {
    ThrowQueryError(ErrorCode::kTimeout, "query timed out in expression evaluation");
  }
  CheckInterruptedNow();  // After the query's own reasons, which have Prometheus' words.
}

void QueryContext::Hold(std::size_t samples) {
  held_ += samples;
  peak_ = std::max(peak_, held_);
  if (held_ > options_.max_samples) {
    ThrowTooManySamples();
  }
}

void QueryContext::CountSeries(std::size_t series) {
  series_read_ += series;
  if (options_.series_read != nullptr) {
    *options_.series_read = series_read_;
  }
}

void QueryContext::CheckRoom(std::size_t rows, std::size_t steps) const {
  if (rows > options_.max_samples / steps) {
    ThrowTooManySamples();
  }
}

}  // namespace hakem::promql

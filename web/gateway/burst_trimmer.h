#pragma once

#include <cstddef>

#include "model/time.h"

namespace hakem::web {

/// Returns freed memory to the system after a burst of clients. glibc does so by itself only at the
/// end of a heap, and what the burst took lies between blocks that stay. Used by one thread.
class BurstTrimmer {
 public:
  explicit BurstTrimmer(SteadyTime now) : next_trim_(now) {}

  void CountAnswer() { ++answered_; }

  /// Calls malloc_trim(3) when many requests were answered or much memory was used since the last
  /// time, and it is calm now; at most every five seconds. `used_bytes` is what clients' buffers
  /// take at present; `is_idle` says that no worker serves a client.
  void Tick(SteadyTime now, std::size_t used_bytes, bool is_idle);

 private:
  SteadyTime next_trim_;
  std::size_t answered_ = 0;         ///< Since the last trim.
  std::size_t most_used_bytes_ = 0;  ///< Since the last trim.
};

}  // namespace hakem::web

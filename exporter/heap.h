#pragma once

#include "model/time.h"

namespace hakem::exporter {

/// Makes the allocator keep less memory that is free. To be called before a second thread starts.
void TuneHeap();

/// Gives free memory back to the system, every ten seconds: what a round of collecting needs for a
/// moment lies between what stays, and the allocator gives back by itself only what is at the end.
/// Used by one thread.
class FreeMemory {
 public:
  /// To be called again and again.
  void GiveBack(SteadyTime now);

 private:
  SteadyTime next_{};
};

}  // namespace hakem::exporter

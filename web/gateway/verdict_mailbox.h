#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "model/mutex.h"
#include "web/access/authorizer.h"
#include "web/http/descriptor.h"

namespace hakem::web {

/// Verdicts that took time, on their way from other threads to the gateway's. Thread-safe.
class VerdictMailbox {
 public:
  using Verdicts = std::vector<std::pair<std::uint64_t, Verdict>>;  ///< By connection.

  /// `eventfd` does not block. It becomes readable when there is a verdict.
  explicit VerdictMailbox(int eventfd) : eventfd_(eventfd) {}

  int fd() const { return eventfd_.get(); }

  void Post(std::uint64_t connection, Verdict verdict);

  /// Returns all verdicts and removes them.
  Verdicts TakeAll();

  /// Makes the eventfd readable, as a verdict does.
  void Wake() const;

 private:
  const Descriptor eventfd_;
  Mutex mutex_;
  Verdicts verdicts_ GUARDED_BY(mutex_);
};

}  // namespace hakem::web

#include "web/gateway/verdict_mailbox.h"

#include <unistd.h>

namespace hakem::web {

void VerdictMailbox::Post(std::uint64_t connection, Verdict verdict) {
  {
    const MutexLock lock(mutex_);
    verdicts_.emplace_back(connection, std::move(verdict));
  }
  Wake();
}

VerdictMailbox::Verdicts VerdictMailbox::TakeAll() {
  std::uint64_t count = 0;
  [[maybe_unused]] const ssize_t got = read(eventfd_.get(), &count, sizeof(count));
  const MutexLock lock(mutex_);
  return std::exchange(verdicts_, {});
}

void VerdictMailbox::Wake() const {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(eventfd_.get(), &one, sizeof(one));
}

}  // namespace hakem::web

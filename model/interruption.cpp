#include "model/interruption.h"

namespace hakem {
namespace {

constexpr std::size_t kCallsPerLook = 64;

// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables): one for each thread.
thread_local Interruption* current = nullptr;

}  // namespace

Interruption::Interruption(Reason reason) : reason_(std::move(reason)) {
  current = this;
}

Interruption::~Interruption() {
  current = nullptr;
}

void CheckInterrupted() {
  if (current != nullptr && ++current->calls_ % kCallsPerLook == 0) {
    CheckInterruptedNow();
  }
}

void CheckInterruptedNow() {
  if (current == nullptr) {
    return;
  }
  if (std::optional<Error> error = current->reason_()) {
    throw Interrupted(*std::move(error));
  }
}

}  // namespace hakem

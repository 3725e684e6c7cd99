#include "web/gateway/exchange.h"

#include <fmt/format.h>
#include <sys/random.h>

#include <array>
#include <charconv>

#include "model/clock.h"

namespace hakem::web {
namespace {

/// A client that has ended its output counts as gone after this time. A shorter request may still
/// be answered, since clients may wait for the response with their output closed.
constexpr Duration kHalfClosedGrace = std::chrono::milliseconds(100);

std::string NewSecret() {
  std::array<unsigned char, 32> bytes{};
  std::size_t filled = 0;
  while (filled < bytes.size()) {
    const ssize_t got = getrandom(bytes.data() + filled, bytes.size() - filled, 0);
    filled += got > 0 ? static_cast<std::size_t>(got) : 0;
  }
  std::string text;
  for (const unsigned char byte : bytes) {
    text += fmt::format("{:02x}", byte);
  }
  return text;
}

/// Compares in a time that does not depend on where the texts differ.
bool AreEqual(std::string_view a, std::string_view b) {
  volatile unsigned different = a.size() == b.size() ? 0U : 1U;
  for (std::size_t i = 0; i < a.size() && i < b.size(); ++i) {
    different = different | (a[i] == b[i] ? 0U : 1U);
  }
  return different == 0;
}

bool IsGone(const Exchange::Slot& slot) {
  return slot.client_hung_up ||
         (slot.client_ended && SystemClock().SteadyNow() - slot.begun >= kHalfClosedGrace);
}

}  // namespace

Exchange::Exchange(std::size_t slots) : secret_(NewSecret()) {
  for (std::size_t i = 0; i < slots; ++i) {
    slots_.push_back(std::make_unique<Slot>());
  }
}

std::string Exchange::WakeRequest(std::size_t index) const {
  return fmt::format("GET /{}/{} HTTP/1.1\r\nHost: hakem\r\n\r\n", secret_, index);
}

bool Exchange::Answer(std::string_view path, const Handler& handler) noexcept {
  std::size_t index = slots_.size();
  if (path.size() < secret_.size() + 2 || !AreEqual(path.substr(1, secret_.size()), secret_)) {
    return false;
  }
  const std::string_view digits = path.substr(secret_.size() + 2);
  std::from_chars(digits.data(), digits.data() + digits.size(), index);
  if (index >= slots_.size()) {
    return false;
  }
  Slot& slot = *slots_[index];
  if (!slot.is_asked.load(std::memory_order_acquire)) {
    return true;
  }
  try {
    Answer(slot, handler);
  } catch (...) {  // Mostly std::bad_alloc. The gateway closes the client's connection.
    slot.failed = true;
  }
  slot.is_asked.store(false, std::memory_order_release);
  return true;
}

void Exchange::Answer(Slot& slot, const Handler& handler) {
  slot.request.client_gone = [&slot] { return IsGone(slot); };
  slot.response = handler(slot.request);
}

}  // namespace hakem::web

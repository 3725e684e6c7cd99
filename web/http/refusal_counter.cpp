#include "web/http/refusal_counter.h"

#include <array>
#include <exception>
#include <string_view>

namespace hakem::web {
namespace {

constexpr std::array<std::string_view, 1> kReasonLabel{"reason"};
constexpr Instrument kRefused{
    .name = "hakem_http_refused_total",
    .type = MetricType::kCounter,
    .help = "Requests and connections that were refused before any page saw them, by reason.",
    .labels = kReasonLabel};

std::string_view ToString(RefusalReason reason) {
  switch (reason) {
    case RefusalReason::kPassword:
      return "password";
    case RefusalReason::kRate:
      return "rate";
    case RefusalReason::kMalformed:
      return "malformed";
    case RefusalReason::kTooLarge:
      return "too_large";
    case RefusalReason::kTooSlow:
      return "too_slow";
    case RefusalReason::kOverloaded:
      return "overloaded";
    case RefusalReason::kConnections:
      return "connections";
    case RefusalReason::kMemory:
      return "memory";
    case RefusalReason::kTls:
      return "tls";
  }
  return "";
}

}  // namespace

void RefusalCounter::Add(RefusalReason reason, double amount) const noexcept {
  if (instruments_ == nullptr) {
    return;
  }
  try {
    instruments_->Add(kRefused, {ToString(reason)}, amount);
  } catch (const std::exception&) {  // No memory.
  }
}

}  // namespace hakem::web

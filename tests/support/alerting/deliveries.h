#pragma once

#include <string>
#include <string_view>

#include "alertmanager/notify/delivery.h"

namespace hakem {

/// A word in addresses and passwords that no message or log line may have.
inline constexpr std::string_view kCanary = "XCANARYX";

/// The error of a delivery, or `delivered`.
inline std::string ErrorOf(const alertmanager::Delivery& delivery) {
  return delivery ? "delivered" : delivery.error().error.message;
}

}  // namespace hakem

#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "alertmanager/dedup.h"
#include "model/alert.h"
#include "model/result.h"

namespace hakem::alertmanager {

/// What has become of the message that an incident fires.
enum class Outcome : std::uint8_t {
  kWaiting,    ///< It is to be delivered.
  kRefused,    ///< The receiver refused it for good.
  kDelivered,  ///< The receiver has got it.
};

/// An incident that a receiver was notified of, or is to be.
struct NotifiedIncident {
  Alert alert;  ///< As it fires.
  Outcome outcome = Outcome::kDelivered;
};

/// Stores what receivers were notified of, so that a restart neither repeats a message nor forgets
/// that the end of an incident is to be sent. Thread-safe.
class NotificationLog {
 public:
  virtual ~NotificationLog() = default;

  /// Returns the incidents that one channel of a receiver was notified of as firing, or is to be,
  /// and was not yet notified of as resolved. Errors: kUnavailable, kInternal: the log cannot be
  /// read.
  virtual Result<std::vector<NotifiedIncident>> Load(std::string_view receiver,
                                                     std::string_view integration) = 0;

  /// Saves what a channel was notified of, and that it will not be notified of the `ended`
  /// incidents again. An alert has one incident at a time: a new one replaces it. Errors:
  /// kUnavailable, kInternal: the log cannot be written; nothing has changed.
  virtual Result<void> Save(std::string_view receiver, std::string_view integration,
                            std::span<const NotifiedIncident> firing,
                            std::span<const IncidentId> ended) = 0;
};

}  // namespace hakem::alertmanager

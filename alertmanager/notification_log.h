#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string_view>

#include "alertmanager/dedup.h"
#include "model/result.h"

namespace hakem::alertmanager {

/// Whether a receiver got the message that an incident fires, or refused it for good.
enum class Notified : std::uint8_t { kRefused, kDelivered };

/// The incidents that one receiver was notified of as firing, and not yet as resolved.
using NotifiedIncidents = std::map<IncidentId, Notified>;

/// Stores what receivers were notified of, so that a restart neither repeats a message nor forgets
/// that the end of an incident is to be sent. Thread-safe.
class NotificationLog {
 public:
  virtual ~NotificationLog() = default;

  /// Returns what one channel of a receiver was notified of. Errors: kUnavailable, kInternal: the
  /// log cannot be read.
  virtual Result<NotifiedIncidents> Load(std::string_view receiver,
                                         std::string_view integration) = 0;

  /// Saves that a channel was notified of `firing` incidents, and that it will not be notified of
  /// the `ended` ones again. An alert has one incident at a time: a new one replaces it. Errors:
  /// kUnavailable, kInternal: the log cannot be written; nothing has changed.
  virtual Result<void> Save(std::string_view receiver, std::string_view integration,
                            const NotifiedIncidents& firing, std::span<const IncidentId> ended) = 0;
};

}  // namespace hakem::alertmanager

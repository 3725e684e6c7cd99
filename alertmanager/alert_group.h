#pragma once

#include <map>
#include <optional>
#include <vector>

#include "alertmanager/dedup.h"
#include "alertmanager/notify/notification.h"
#include "model/alert.h"

namespace hakem::alertmanager {

/// The alerts of one group as one receiver has to hear of them. Used by one thread.
///
/// Invariant: an incident stays until the receiver has been told its end.
class AlertGroup {
 public:
  explicit AlertGroup(Labels labels) : labels_(std::move(labels)) {}

  /// Takes an alert's state. A resolved alert that never came as firing is nothing to tell: it is
  /// passed over.
  void Update(const Alert& alert);

  /// What there is to tell; receiver and external URL are left empty.
  std::optional<Notification> Message() const;

  /// The receiver knows the present state. Forgets the incidents that are over.
  void MarkDelivered();

  /// The receiver will never take the message of the present state: only a change is told next.
  void MarkGivenUp();

  /// Forgets the incident that has been over for longest, if one is over.
  void DropOldestResolved();

  std::size_t resolved_count() const;

  /// Whether there is nothing left to remember.
  bool empty() const { return incidents_.empty(); }

 private:
  struct Incident {
    Alert alert;
    bool settled = false;    ///< Its firing needs no message: delivered, or given up.
    bool delivered = false;  ///< A message that it fires was delivered.
  };

  void Settle(bool delivered);

  const Labels labels_;
  std::map<IncidentId, Incident> incidents_;
};

}  // namespace hakem::alertmanager

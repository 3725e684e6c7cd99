#pragma once

#include <optional>
#include <string>

#include "model/alert.h"
#include "model/labels.h"
#include "model/time.h"
#include "rules/alerts/alert_state.h"
#include "rules/files/rule_file.h"

namespace hakem::rules {

/// Returns an alert as receivers get it, identified as in `sent`. `ended_at`: when it was resolved;
/// nothing while it fires. Receivers never get an end before the start, which happens when the
/// clock was set back meanwhile. Requires: the alert has fired.
Alert ForReceivers(const ActiveAlert& alert, SentAlert sent, std::optional<Timestamp> ended_at);

/// Returns how receivers know an alert that they get.
SentAlert SentAs(const Alert& alert);

/// Makes what receivers get of the alerts of one group. Immutable, thread-safe.
class ReceiverAlerts {
 public:
  /// `external_labels` are added to alerts that lack them. `external_url`: URL of Hakem's pages,
  /// without a final slash.
  ReceiverAlerts(Labels external_labels, std::string external_url);

  /// Returns the alert as firing. Requires: it has fired.
  Alert Firing(const AlertRule& rule, const ActiveAlert& alert) const;

  /// Returns the alert as resolved at `time`, with the labels that receivers know, whatever a
  /// reload has changed. Requires: it has fired.
  Alert Resolved(const AlertRule& rule, const ActiveAlert& alert, Timestamp time) const;

 private:
  SentAlert Identify(const AlertRule& rule, const ActiveAlert& alert) const;

  const Labels external_labels_;
  const std::string external_url_;
};

}  // namespace hakem::rules

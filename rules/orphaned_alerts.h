#pragma once

#include <vector>

#include "model/alert.h"
#include "model/result.h"
#include "model/time.h"
#include "rules/alerts/alert_store.h"

namespace hakem::rules {

// Alerts that were saved before a restart and whose rules no longer exist.

/// Appends each firing alert as firing, then as resolved at `now`: a receiver that was not notified
/// before the restart learns of both. Appends each resolved alert as such.
void PassOnOrphans(const std::vector<StoredAlert>& orphans, Timestamp now,
                   std::vector<Alert>& alerts);

/// Deletes the alerts and their groups as of `now`. Errors: those of the store.
Result<void> DeleteOrphans(AlertStore& store, const StoredAlerts& orphans, Timestamp now);

}  // namespace hakem::rules

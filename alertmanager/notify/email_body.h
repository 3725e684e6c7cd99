#pragma once

#include <string>

#include "alertmanager/notify/notification.h"

namespace hakem::alertmanager {

/// The notification for a reader of plain text; lines end with \n.
std::string FormatText(const Notification& notification);

/// The notification as one HTML page without anything to load. Text of alerts is escaped; addresses
/// become links when they are http or https.
std::string FormatHtml(const Notification& notification);

}  // namespace hakem::alertmanager

#pragma once

#include <string>

#include "alertmanager/notify/notification.h"

namespace hakem::alertmanager {

/// The notification as plain text. Lines end with \n.
std::string FormatText(const Notification& notification);

/// The notification as an HTML page that loads nothing. Text of alerts is escaped. http and https
/// URLs become links.
std::string FormatHtml(const Notification& notification);

}  // namespace hakem::alertmanager

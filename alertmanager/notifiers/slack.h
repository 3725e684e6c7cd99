#pragma once

#include <string>

#include "alertmanager/notify/notification.h"

namespace hakem::alertmanager {

/// The JSON that a Slack incoming webhook takes: the subject as text and one attachment for each
/// alert, the firing ones first: at most 20, the last of which tells how many more there are. Text
/// of alerts cannot become a link or a mention.
std::string FormatSlackMessage(const Notification& notification);

}  // namespace hakem::alertmanager

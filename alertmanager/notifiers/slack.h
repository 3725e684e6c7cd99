#pragma once

#include <string>

#include "alertmanager/notify/notification.h"

namespace hakem::alertmanager {

/// The JSON body for a Slack incoming webhook: the subject as text and one attachment per alert,
/// the firing ones first. There are at most 20; the last one then has the number of the others.
/// Text of alerts cannot become a link or a mention.
std::string FormatSlackMessage(const Notification& notification);

}  // namespace hakem::alertmanager

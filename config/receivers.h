#pragma once

#include "alertmanager/notify/receiver_settings.h"
#include "config/config.h"

namespace hakem::config {

/// Checks the receivers that the environment describes and returns their settings.
/// Errors: kInvalidInput, naming the variable: an invalid address, or a password that would cross
/// the network unencrypted.
Result<alertmanager::ReceiverSettings> MakeReceiverSettings(const ReceiverConfig& config);

}  // namespace hakem::config

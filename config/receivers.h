#pragma once

#include "alertmanager/notify/receiver_settings.h"
#include "config/config.h"

namespace hakem::exporter {

/// The receiver that the environment describes.
/// Errors: kInvalidInput, naming the variable: an address that is none, or a password that would
/// cross the network unencrypted.
Result<alertmanager::ReceiverSettings> MakeReceiverSettings(const ReceiverConfig& config);

}  // namespace hakem::exporter

#pragma once

#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>

#include "alertmanager/notify/delivery.h"
#include "alertmanager/notify/http_client.h"
#include "alertmanager/notify/mail_client.h"
#include "alertmanager/notify/notification.h"
#include "alertmanager/notify/receiver_settings.h"
#include "model/clock.h"

namespace hakem::alertmanager {

/// A channel for notifications. Used by one thread. The caller retries, counts and logs.
class Notifier {
 public:
  virtual ~Notifier() = default;

  /// Tries once to deliver the notification; returns soon after `stop`. The message of a failure
  /// contains no secret and does not name the receiver, because the caller adds it.
  virtual Delivery Notify(const Notification& notification, const std::stop_token& stop) = 0;
};

/// What notifiers use; outlives them.
struct NotifierDeps {
  HttpClient& http;
  MailClient& mail;
  const Clock& clock;
};

/// The entry of a channel in the index. A constant: no code runs before main().
struct NotifierSpec {
  std::string_view name;  ///< Equals the file name, the label `integration` and the docs row.
  std::string_view help;
  /// Returns null if the settings do not include this channel.
  std::unique_ptr<Notifier> (*make)(const ReceiverSettings& settings, const NotifierDeps& deps);
};

/// Every notifiers/*.cpp, sorted by name.
extern const std::span<const NotifierSpec* const> kNotifiers;

/// One channel of a receiver.
struct Integration {
  std::string receiver;
  std::string name;  ///< NotifierSpec::name.
  std::unique_ptr<Notifier> notifier;
};

/// The channels in the settings, sorted by name; empty if there are none.
std::vector<Integration> MakeIntegrations(const ReceiverSettings& settings,
                                          const NotifierDeps& deps);

}  // namespace hakem::alertmanager

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

/// A way to tell people. Used by one thread; the caller retries, counts and logs.
class Notifier {
 public:
  virtual ~Notifier() = default;

  /// Tries once to deliver the message; returns soon after `stop`. The failure's message holds no
  /// secret and does not name the receiver, which the caller knows.
  virtual Delivery Notify(const Notification& notification, const std::stop_token& stop) = 0;
};

/// What notifiers may use; outlives them.
struct NotifierDeps {
  HttpClient& http;
  MailClient& mail;
  const Clock& clock;
};

/// A channel's index entry. A constant: no code runs before main().
struct NotifierSpec {
  std::string_view name;  ///< Equals the file name, the label `integration` and the docs row.
  std::string_view help;
  /// Null when the settings do not ask for this channel.
  std::unique_ptr<Notifier> (*make)(const ReceiverSettings& settings, const NotifierDeps& deps);
};

/// Every notifiers/*.cpp, sorted by name.
extern const std::span<const NotifierSpec* const> kNotifiers;

/// One channel of a receiver.
struct Integration {
  std::string receiver;
  std::string name;  ///< Its NotifierSpec's.
  std::unique_ptr<Notifier> notifier;
};

/// The channels that the settings ask for, sorted by name; empty when they ask for none.
std::vector<Integration> MakeIntegrations(const ReceiverSettings& settings,
                                          const NotifierDeps& deps);

}  // namespace hakem::alertmanager

#include "rules/evaluation/receiver_alerts.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "rules/evaluation/generator_url.h"

namespace hakem::rules {

Alert ForReceivers(const ActiveAlert& alert, SentAlert sent, std::optional<Timestamp> ended_at) {
  if (ended_at) {
    ended_at = std::max(*ended_at, *alert.fired_at);
  }
  return {.labels = std::move(sent.labels),
          .annotations = alert.annotations,
          .starts_at = *alert.fired_at,
          .ends_at = ended_at,
          .generator_url = std::move(sent.generator_url),
          .value = alert.value};
}

SentAlert SentAs(const Alert& alert) {
  return {.labels = alert.labels, .generator_url = alert.generator_url};
}

ReceiverAlerts::ReceiverAlerts(Labels external_labels, std::string external_url)
    : external_labels_(std::move(external_labels)), external_url_(std::move(external_url)) {}

SentAlert ReceiverAlerts::Identify(const AlertRule& rule, const ActiveAlert& alert) const {
  std::vector<LabelView> labels(external_labels_.begin(), external_labels_.end());
  labels.insert(labels.end(), alert.labels.begin(), alert.labels.end());
  return {Labels(std::move(labels)), GeneratorUrl(external_url_, rule.query)};
}

Alert ReceiverAlerts::Firing(const AlertRule& rule, const ActiveAlert& alert) const {
  return ForReceivers(alert, Identify(rule, alert), std::nullopt);
}

Alert ReceiverAlerts::Resolved(const AlertRule& rule, const ActiveAlert& alert,
                               Timestamp time) const {
  return ForReceivers(alert, alert.sent ? *alert.sent : Identify(rule, alert), time);
}

}  // namespace hakem::rules

#include "exporter/app/alerting_part.h"

#include <memory>
#include <random>
#include <string_view>
#include <utility>

namespace hakem::exporter {
namespace {

/// A number in [0, 1). Thread-safe.
double Random() {
  thread_local std::minstd_rand engine(std::random_device{}());
  return std::uniform_real_distribution<>(0, 1)(engine);
}

bool MailsByThisMachine(const alertmanager::ReceiverSettings& receivers) {
  return receivers.email && receivers.email->smtp.host.empty();
}

}  // namespace

AlertingPart::AlertingPart(const config::Config& config, ResolvedConfig& resolved,
                           HistoryPart& history, const PartDeps& deps)
    : deps_(deps),
      store_(history.store()),
      has_receiver_(resolved.receivers.slack || resolved.receivers.email),
      mails_by_this_machine_(MailsByThisMachine(resolved.receivers)),
      dispatcher_(alertmanager::MakeIntegrations(
                      resolved.receivers, {.http = http_, .mail = mail_, .clock = deps.clock}),
                  {.clock = deps.clock,
                   .instruments = deps.own_metrics.instruments(),
                   .log = deps.log.For("alertmanager"),
                   .external_url = resolved.external_url,
                   .random = Random,
                   .notification_log = history.notification_log()}),
      rules_(std::move(resolved.groups),
             {.collection_interval = config.collect.fast, .external_url = resolved.external_url},
             {.sink = [this](std::span<const Alert> alerts) { dispatcher_.Receive(alerts); },
              .clock = deps.clock,
              .instruments = deps.own_metrics.instruments(),
              .log = deps.log.For("rules"),
              .history = &history.store(),
              .alert_store = history.alert_store(),
              .on_restored = [this](Timestamp now) { dispatcher_.EndOthers(now); },
              .lacks_extension =
                  [this](std::string_view extension) {
                    const auto known = extensions_.Get();
                    return known != nullptr && !known->contains(extension);
                  }}) {}

void AlertingPart::SetExtensions(const std::set<std::string, std::less<>>& extensions) {
  if (const auto known = extensions_.Get(); known == nullptr || *known != extensions) {
    extensions_.Set(std::make_shared<const std::set<std::string, std::less<>>>(extensions));
  }
}

void AlertingPart::Start() {
  rule_loop_.emplace(store_, rules::RuleLoop::Deps{.rules = rules_,
                                                   .clock = deps_.clock,
                                                   .instruments = deps_.own_metrics.instruments(),
                                                   .log = deps_.log.For("rules")});
  const Logger log = deps_.log.For("hakem");
  if (!has_receiver_) {
    log.Info("nobody is notified of alerts: neither ALERT_WEBHOOK nor ALERT_EMAIL is set");
  }
  if (mails_by_this_machine_) {
    log.Info("SMTP_HOST is not set: mail goes through this machine's own mail system",
             {{"by", mail_.Describe()}});
  }
}

void AlertingPart::Stop() {
  rule_loop_.reset();
  dispatcher_.Stop();
}

}  // namespace hakem::exporter

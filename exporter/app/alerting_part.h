#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "alertmanager/dispatcher.h"
#include "config/config.h"
#include "exporter/app/history_part.h"
#include "exporter/app/part_deps.h"
#include "exporter/app/resolved_config.h"
#include "exporter/clients/curl_http_client.h"
#include "exporter/clients/machine_mail_client.h"
#include "model/published.h"
#include "rules/rule_loop.h"
#include "rules/rule_set.h"
#include "tsdb/store/store.h"

namespace hakem::exporter {

/// The part that alerts: it evaluates the rules over the samples and notifies the receivers.
class AlertingPart {
 public:
  /// Moves the rules out of `resolved`. `history` has the samples that they read, gets theirs and
  /// has their alerts from before a restart; it outlives this.
  AlertingPart(const config::Config& config, ResolvedConfig& resolved, HistoryPart& history,
               const PartDeps& deps);

  /// Starts the threads that evaluate rules, and logs who will be notified.
  void Start();

  /// Replaces the rules. Receivers need a restart. Thread-safe.
  void Apply(std::vector<rules::RuleGroup> groups) { rules_.Replace(std::move(groups)); }

  /// Announces which extensions the server has. Rules that need another one are left out. Before
  /// the first call no rule is. Thread-safe.
  void SetExtensions(const std::set<std::string, std::less<>>& extensions);

  /// Ends the evaluation, then the senders: they try once more, within a second, what is due.
  void Stop();

  /// Evaluates the rules soon, as of `time`; does not wait. Requires: Start was called, and Stop
  /// was not. Thread-safe.
  void Evaluate(Timestamp time) { rule_loop_->Submit(time); }

  /// Adjusts the rules to a system clock that was set: see RuleSet::StepClock. Requires: as
  /// Evaluate. Thread-safe.
  void StepClock(Duration step, const std::function<void()>& move_samples) {
    rule_loop_->StepClock(step, move_samples);
  }

  const Published<rules::RulesStatus>& rules_status() const { return rules_.published(); }

  /// When the oldest running evaluation began; nothing while none runs. Requires: as Evaluate.
  /// Thread-safe.
  std::optional<SteadyTime> BusySince() const { return rule_loop_->BusySince(); }

 private:
  const PartDeps deps_;
  tsdb::Store& store_;
  const bool has_receiver_;
  const bool mails_by_this_machine_;
  CurlHttpClient http_;
  MachineMailClient mail_;
  alertmanager::Dispatcher dispatcher_;
  Published<std::set<std::string, std::less<>>> extensions_;
  rules::RuleSet rules_;
  std::optional<rules::RuleLoop> rule_loop_;
};

}  // namespace hakem::exporter

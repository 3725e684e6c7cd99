#include "rules/alerts/alert_state.h"

#include <fmt/format.h>

#include <utility>

namespace hakem::rules {
namespace {

using SamplesByLabels = std::map<Labels, const AlertSample*>;
using Events = std::vector<AlertEvent>;

/// Errors: kInvalidInput: two samples have the same labels.
Result<SamplesByLabels> ByLabels(const std::vector<AlertSample>& samples) {
  SamplesByLabels by_labels;
  for (const AlertSample& sample : samples) {
    if (!by_labels.emplace(sample.labels, &sample).second) {
      return Fail(
          ErrorCode::kInvalidInput,
          fmt::format(
              "vector contains metrics with the same labelset after applying alert labels: {}",
              FormatSeries(sample.labels)));
    }
  }
  return by_labels;
}

void Resolve(ActiveAlert& alert, Timestamp now, Events& events) {
  const bool fired = alert.state == AlertState::kFiring;
  alert.state = AlertState::kInactive;
  alert.resolved_at = now;
  if (fired) {
    events.push_back({AlertEvent::Kind::kResolved, alert});
  }
}

/// Updates an alert that is in the result. A new or resolved one becomes pending.
void ActivateAlert(ActiveAlerts& alerts, const AlertSample& sample, Timestamp now) {
  const auto [entry, is_new] = alerts.try_emplace(sample.labels);
  ActiveAlert& alert = entry->second;
  if (is_new || alert.state == AlertState::kInactive) {
    alert = ActiveAlert{};
    alert.labels = sample.labels;
    alert.active_at = now;
  }
  alert.annotations = sample.annotations;
  alert.value = sample.value;
  alert.keep_firing_since.reset();
  alert.kept_until.reset();
}

/// Updates an alert that is not in the result. Returns false if it is to be forgotten.
bool HandleAbsentAlert(const AlertPolicy& policy, ActiveAlert& alert, Timestamp now,
                       Events& events) {
  switch (alert.state) {
    case AlertState::kPending:
      return false;
    case AlertState::kInactive:
      return now - *alert.resolved_at <= kResolvedRetention;
    case AlertState::kFiring:
      break;
  }
  if (alert.kept_until && now < *alert.kept_until) {
    return true;
  }
  if (policy.keep_firing_for > Duration::zero()) {
    alert.keep_firing_since = alert.keep_firing_since.value_or(now);
    if (now - *alert.keep_firing_since < policy.keep_firing_for) {
      return true;
    }
  }
  Resolve(alert, now, events);
  return true;
}

/// Makes an alert firing when `for` has passed, and pending again if a reload made `for` longer.
void ApplyHold(const AlertPolicy& policy, ActiveAlert& alert, Timestamp now, Events& events) {
  const bool held = now - alert.active_at >= policy.hold;
  if (alert.state == AlertState::kPending && held) {
    alert.state = AlertState::kFiring;
    alert.fired_at = now;
    events.push_back({AlertEvent::Kind::kFiring, alert});
  } else if (alert.state == AlertState::kFiring && !held) {
    ActiveAlert pending = alert;
    pending.state = AlertState::kPending;
    pending.fired_at.reset();
    pending.sent.reset();
    Resolve(alert, now, events);
    alert = std::move(pending);
  }
}

/// Ends all alerts if there are more than the limit.
void ApplyLimit(const AlertPolicy& policy, Timestamp now, Transition& next) {
  std::int64_t count = 0;
  for (const auto& [labels, alert] : next.alerts) {
    count += alert.state == AlertState::kInactive ? 0 : 1;
  }
  if (policy.limit <= 0 || count <= policy.limit) {
    return;
  }
  next.error = Error{ErrorCode::kInvalidInput,
                     fmt::format("exceeded limit of {} with {} alerts", policy.limit, count)};
  std::erase_if(next.events, [&](const AlertEvent& event) {
    const bool has_just_begun = event.kind == AlertEvent::Kind::kFiring;
    if (has_just_begun) {
      next.alerts.erase(event.alert.labels);
    }
    return has_just_begun;
  });
  for (auto& [labels, alert] : next.alerts) {
    Resolve(alert, now, next.events);
  }
  next.alerts.clear();
}

}  // namespace

std::string_view ToString(AlertState state) {
  switch (state) {
    case AlertState::kInactive:
      return "inactive";
    case AlertState::kPending:
      return "pending";
    case AlertState::kFiring:
      return "firing";
  }
  return "inactive";
}

Transition NextState(const AlertPolicy& policy, ActiveAlerts previous,
                     const Result<std::vector<AlertSample>>& result, Timestamp now) {
  Transition next{.alerts = std::move(previous)};
  const Result<SamplesByLabels> samples = result.and_then(ByLabels);
  if (!samples) {
    next.error = samples.error();
    return next;
  }
  for (const auto& [labels, sample] : *samples) {
    ActivateAlert(next.alerts, *sample, now);
  }
  for (auto entry = next.alerts.begin(); entry != next.alerts.end();) {
    ActiveAlert& alert = entry->second;
    if (!samples->contains(entry->first) && !HandleAbsentAlert(policy, alert, now, next.events)) {
      entry = next.alerts.erase(entry);
      continue;
    }
    if (alert.state != AlertState::kInactive) {
      ApplyHold(policy, alert, now, next.events);
    }
    ++entry;
  }
  ApplyLimit(policy, now, next);
  return next;
}

}  // namespace hakem::rules

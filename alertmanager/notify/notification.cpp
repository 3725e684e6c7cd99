#include "alertmanager/notify/notification.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

namespace hakem::alertmanager {
namespace {

constexpr std::array<std::string_view, 4> kReasons{
    "first notification",
    "new alerts added",
    "some alerts resolved",
    "all alerts resolved",
};

/// The values of the labels that every alert has alike and the group does not name.
std::vector<std::string_view> OtherCommonValues(const Notification& notification) {
  const std::vector<Alert>& first =
      notification.firing.empty() ? notification.resolved : notification.firing;
  std::vector<std::string_view> values;
  if (first.empty()) {
    return values;
  }
  for (const LabelView label : first.front().labels) {
    const auto shares = [&](const Alert& alert) {
      return alert.labels.Get(label.name) == label.value;
    };
    if (!notification.group_labels.Has(label.name) &&
        std::all_of(notification.firing.begin(), notification.firing.end(), shares) &&
        std::all_of(notification.resolved.begin(), notification.resolved.end(), shares)) {
      values.push_back(label.value);
    }
  }
  return values;
}

}  // namespace

std::string_view ToString(NotifyReason reason) {
  return kReasons[static_cast<std::size_t>(reason)];
}

std::string Subject(const Notification& notification) {
  std::vector<std::string_view> group;
  for (const LabelView label : notification.group_labels) {
    group.push_back(label.value);
  }
  std::string subject = notification.firing.empty()
                            ? std::string("[RESOLVED]")
                            : fmt::format("[FIRING:{}]", notification.firing.size());
  fmt::format_to(std::back_inserter(subject), " {}", fmt::join(group, " "));
  if (const auto others = OtherCommonValues(notification); !others.empty()) {
    fmt::format_to(std::back_inserter(subject), " ({})", fmt::join(others, " "));
  }
  return subject;
}

std::string Headline(const Alert& alert) {
  const std::string_view summary = Annotation(alert, "summary");
  return std::string(summary.empty() ? alert.labels.Get("alertname") : summary);
}

std::string_view Annotation(const Alert& alert, std::string_view name) {
  const auto found = alert.annotations.find(std::string(name));
  return found == alert.annotations.end() ? std::string_view() : found->second;
}

bool IsWebAddress(std::string_view text) {
  return text.starts_with("https://") || text.starts_with("http://");
}

}  // namespace hakem::alertmanager

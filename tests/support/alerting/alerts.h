#pragma once

#include <chrono>
#include <string>

#include "model/alert.h"

namespace hakem {

/// 2026-01-01T00:00:00Z, at which a FakeClock starts, plus this many seconds.
inline Timestamp At(int seconds) {
  return std::chrono::sys_days(std::chrono::year(2026) / 1 / 1) + std::chrono::seconds(seconds);
}

/// An alert that has fired since At(seconds), with the value 230.
inline Alert FiringAlert(std::string name, int seconds = 0, std::string instance = "a") {
  return {.labels = {{"alertname", std::move(name)}, {"instance", std::move(instance)}},
          .annotations = {{"summary", "Many active games"}},
          .starts_at = At(seconds),
          .ends_at = {},
          .generator_url = "http://hakem:9187/graph?g0.expr=up&g0.tab=1",
          .value = 230};
}

/// An alert that was resolved at At(seconds).
inline Alert Resolved(Alert alert, int seconds) {
  alert.ends_at = At(seconds);
  return alert;
}

}  // namespace hakem

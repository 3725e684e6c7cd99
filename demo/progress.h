#pragma once

#include <set>
#include <string>
#include <vector>

#include "demo/hakem_client.h"
#include "model/time.h"

namespace hakem::demo {

/// The state of the demo at one time.
struct Observation {
  Duration elapsed{0};  ///< Since Hakem was ready.
  Figures figures;
  std::vector<AlertSeen> alerts;
  std::vector<std::string> messages;  ///< Bodies posted to the webhook since the last one.
};

/// Formats the progress of the demo: a line of figures every few seconds, and a line for each
/// change of the alert. It also records which of the expected events were seen. Its output depends
/// only on the observations. Used by one thread.
class Progress {
 public:
  /// `alert` is the name of the only alert that should fire.
  explicit Progress(std::string alert);

  /// Adds an observation and returns the lines to print; empty if there is nothing new.
  std::string Add(const Observation& observation);

  /// Returns what was not seen although it should, and the reverse, one line each; empty if all is
  /// well.
  std::vector<std::string> Missing() const;

 private:
  std::string FormatFigures(const Observation& observation);
  std::string UpdateAlert(const Observation& observation);
  std::string AddMessage(const Observation& observation, const std::string& body);
  void UpdateFigures(const Figures& figures);

  const std::string alert_;
  Duration next_figures_{0};

  bool games_seen_ = false;
  bool players_seen_ = false;
  bool moves_seen_ = false;
  bool pending_ = false;
  bool firing_ = false;
  bool fired_ = false;
  bool ended_ = false;
  bool firing_message_seen_ = false;
  bool resolved_message_seen_ = false;
  std::set<std::string> others_;  ///< Alerts that fired although they should not.
};

/// Formats minutes and seconds: `1:05`.
std::string FormatElapsed(Duration elapsed);

}  // namespace hakem::demo

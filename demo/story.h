#pragma once

#include <set>
#include <string>
#include <vector>

#include "demo/hakem_client.h"
#include "model/time.h"

namespace hakem::demo {

/// What was seen at one moment of the show.
struct Scene {
  Duration elapsed{0};  ///< Since Hakem was ready.
  Figures figures;
  std::vector<AlertSeen> alerts;
  std::vector<std::string> messages;  ///< Bodies posted to the webhook since the last scene.
};

/// Watches the show and tells it: a line of figures every now and then, and what happens to the
/// alert when it happens. Keeps account of what must be seen. A pure function of its scenes; one
/// user at a time.
class Story {
 public:
  /// `alert`: the one that is to fire, and no other.
  explicit Story(std::string alert);

  /// What there is to say about a scene: whole lines, or nothing.
  std::string Tell(const Scene& scene);

  /// What has not been seen, or should not have been, one line each. Empty: all is well.
  std::vector<std::string> Missing() const;

 private:
  std::string TellFigures(const Scene& scene);
  std::string TellAlert(const Scene& scene);
  std::string TellMessage(const Scene& scene, const std::string& body);
  void NoteFigures(const Figures& figures);

  const std::string alert_;
  Duration next_figures_{0};

  bool games_seen_ = false;
  bool players_seen_ = false;
  bool moves_seen_ = false;
  bool pending_ = false;
  bool firing_ = false;
  bool fired_ = false;
  bool ended_ = false;
  bool told_firing_ = false;
  bool told_resolved_ = false;
  std::set<std::string> others_;  ///< Alerts that fired although they should not.
};

/// `1:05`: minutes and seconds.
std::string FormatElapsed(Duration elapsed);

}  // namespace hakem::demo

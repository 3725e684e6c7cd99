#include "demo/progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "demo/chat_message.h"

namespace hakem::demo {
namespace {

constexpr Duration kFiguresEvery = std::chrono::seconds(5);
constexpr std::string_view kMargin = "            | ";

std::string FormatFigure(const std::optional<double>& figure) {
  return figure ? fmt::format("{:.0f}", *figure) : "-";
}

std::string FormatAlerts(const std::vector<AlertSeen>& alerts) {
  std::string text;
  for (const AlertSeen& alert : alerts) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", alert.name,
                        alert.firing ? "firing" : "pending");
  }
  return text.empty() ? "none" : text;
}

/// Formats an event: `   0:45  >> what happened`.
std::string Event(Duration elapsed, std::string_view what) {
  return fmt::format("  {:>5}  >> {}\n", FormatElapsed(elapsed), what);
}

bool IsPositive(const std::optional<double>& figure) {
  return figure.value_or(0) > 0;
}

}  // namespace

std::string FormatElapsed(Duration elapsed) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(elapsed).count();
  return fmt::format("{}:{:02}", seconds / 60, seconds % 60);
}

Progress::Progress(std::string alert) : alert_(std::move(alert)) {}

std::string Progress::Add(const Observation& observation) {
  UpdateFigures(observation.figures);
  std::string text = FormatFigures(observation);
  text += UpdateAlert(observation);
  for (const std::string& body : observation.messages) {
    text += AddMessage(observation, body);
  }
  return text;
}

void Progress::UpdateFigures(const Figures& figures) {
  games_seen_ |= IsPositive(figures.active_games);
  players_seen_ |= IsPositive(figures.online_players);
  moves_seen_ |= IsPositive(figures.moves_per_minute);
}

std::string Progress::FormatFigures(const Observation& observation) {
  if (observation.elapsed < next_figures_) {
    return "";
  }
  const bool is_first = next_figures_ == Duration{0};
  next_figures_ = (observation.elapsed / kFiguresEvery + 1) * kFiguresEvery;
  return fmt::format(
      "{}  {:>5}  {:>12}  {:>14}  {:>12}    {}\n",
      is_first ? "   time  active games  players online  moves/minute    alerts\n" : "",
      FormatElapsed(observation.elapsed), FormatFigure(observation.figures.active_games),
      FormatFigure(observation.figures.online_players),
      FormatFigure(observation.figures.moves_per_minute), FormatAlerts(observation.alerts));
}

std::string Progress::UpdateAlert(const Observation& observation) {
  const auto is_ours = [&](const AlertSeen& alert) { return alert.name == alert_; };
  const auto ours = std::find_if(observation.alerts.begin(), observation.alerts.end(), is_ours);
  const bool firing = ours != observation.alerts.end() && ours->firing;
  const bool pending = ours != observation.alerts.end() && !ours->firing;
  std::string text;
  if (pending && !pending_) {
    text += Event(observation.elapsed, alert_ + " is pending: it fires when this lasts.");
  }
  if (firing && !firing_) {
    text += Event(observation.elapsed, alert_ + " fires.");
  }
  if (!firing && firing_) {
    text += Event(observation.elapsed, alert_ + " has ended.");
  }
  ended_ |= firing_ && !firing;
  fired_ |= firing;
  firing_ = firing;
  pending_ = pending;
  for (const AlertSeen& alert : observation.alerts) {
    if (alert.firing && !is_ours(alert) && others_.insert(alert.name).second) {
      text += Event(observation.elapsed, alert.name + " fires, which it should not.");
    }
  }
  return text;
}

std::string Progress::AddMessage(const Observation& observation, const std::string& body) {
  const Result<ChatMessage> message = ParseChatMessage(body);
  if (!message) {
    return Event(observation.elapsed, message.error().message);
  }
  for (const ChatAttachment& attachment : message->attachments) {
    if (const std::string_view name = attachment.Field("alertname"); name != alert_) {
      others_.emplace(name);
    } else {
      (attachment.resolved ? resolved_message_seen_ : firing_message_seen_) = true;
    }
  }
  return Event(observation.elapsed, "The webhook has received this message:") +
         FormatChatMessage(*message, kMargin);
}

std::vector<std::string> Progress::Missing() const {
  const std::pair<bool, std::string> wanted[] = {
      {games_seen_, "there were no active games"},
      {players_seen_, "no players were online"},
      {moves_seen_, "no moves were played"},
      {fired_, alert_ + " did not fire"},
      {firing_message_seen_, "no message said that it fires"},
      {ended_, alert_ + " did not end"},
      {resolved_message_seen_, "no message said that it is resolved"},
  };
  std::vector<std::string> missing;
  for (const auto& [seen, sentence] : wanted) {
    if (!seen) {
      missing.push_back(sentence);
    }
  }
  for (const std::string& name : others_) {
    missing.push_back(name + " fired, which it should not");
  }
  return missing;
}

}  // namespace hakem::demo

#include "demo/progress.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace hakem::demo {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

Observation At(int seconds) {
  return {.elapsed = std::chrono::seconds(seconds),
          .figures = {.active_games = 20, .online_players = 71.4, .moves_per_minute = 358},
          .alerts = {},
          .messages = {}};
}

std::string Message(std::string_view alert, std::string_view color) {
  return fmt::format(R"({{"text":"text","attachments":[{{"color":"{}",)"
                     R"("fields":[{{"title":"alertname","value":"{}"}}]}}]}})",
                     color, alert);
}

/// Adds the first `count` observations of a complete demo.
void AddObservations(Progress& progress, int count) {
  std::vector<Observation> demo{At(0), At(15), At(45), At(45), At(65), At(66)};
  demo[1].alerts = {{"Many", false}};
  demo[2].alerts = demo[3].alerts = {{"Many", true}};
  demo[3].messages = {Message("Many", "warning")};
  demo[5].messages = {Message("Many", "good")};
  for (int i = 0; i < count; ++i) {
    progress.Add(demo[static_cast<std::size_t>(i)]);
  }
}

TEST(Progress, PrintsFiguresEveryFiveSeconds) {
  Progress progress("Many");
  EXPECT_EQ(progress.Add(At(0)),
            "   time  active games  players online  moves/minute    alerts\n"
            "   0:00            20              71           358    none\n");
  EXPECT_EQ(progress.Add(At(4)), "");
  EXPECT_EQ(progress.Add(At(65)), "   1:05            20              71           358    none\n");
}

TEST(Progress, PrintsADashForAMissingFigure) {
  Progress progress("Many");
  Observation observation = At(0);
  observation.figures = {};
  EXPECT_THAT(progress.Add(observation),
              HasSubstr("0:00             -               -             -"));
}

TEST(Progress, PrintsALineWhenTheAlertChanges) {
  Progress progress("Many");
  progress.Add(At(0));
  Observation observation = At(3);
  observation.alerts = {{"Many", false}};
  EXPECT_EQ(progress.Add(observation), "   0:03  >> Many is pending: it fires when this lasts.\n");
  EXPECT_EQ(progress.Add(observation), "");
  observation.alerts = {{"Many", true}};
  EXPECT_EQ(progress.Add(observation), "   0:03  >> Many fires.\n");
  EXPECT_EQ(progress.Add(observation), "");
  observation.alerts = {};
  EXPECT_EQ(progress.Add(observation), "   0:03  >> Many has ended.\n");
}

TEST(Progress, PrintsTheMessageThatWasSent) {
  Progress progress("Many");
  progress.Add(At(0));
  Observation observation = At(1);
  observation.messages = {Message("Many", "warning")};
  EXPECT_EQ(progress.Add(observation),
            "   0:01  >> The webhook has received this message:\n"
            "            | text\n"
            "            | alertname: Many\n");
}

TEST(Progress, IsCompleteWhenEverythingWasSeen) {
  Progress progress("Many");
  AddObservations(progress, 6);
  EXPECT_THAT(progress.Missing(), IsEmpty());
}

TEST(Progress, NamesWhatWasNotSeen) {
  Progress progress("Many");
  EXPECT_THAT(
      progress.Missing(),
      ElementsAre("there were no active games", "no players were online", "no moves were played",
                  "Many did not fire", "no message said that it fires", "Many did not end",
                  "no message said that it is resolved"));
  AddObservations(progress, 3);
  EXPECT_THAT(progress.Missing(), ElementsAre("no message said that it fires", "Many did not end",
                                              "no message said that it is resolved"));
}

TEST(Progress, DoesNotTakeTheFiringMessageForTheResolvedOne) {
  Progress progress("Many");
  AddObservations(progress, 5);
  EXPECT_THAT(progress.Missing(), ElementsAre("no message said that it is resolved"));
}

TEST(Progress, FailsIfAnotherAlertFires) {
  Progress progress("Many");
  AddObservations(progress, 6);
  Observation observation = At(67);
  observation.alerts = {{"Low", true}, {"Slow", false}};
  EXPECT_THAT(progress.Add(observation), HasSubstr("Low fires, which it should not."));
  EXPECT_THAT(progress.Add(observation), Not(HasSubstr("Low fires")));
  observation.messages = {Message("High", "danger")};
  progress.Add(observation);
  EXPECT_THAT(progress.Missing(),
              ElementsAre("High fired, which it should not", "Low fired, which it should not"));
}

}  // namespace
}  // namespace hakem::demo

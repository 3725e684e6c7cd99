#include "demo/story.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace hakem::demo {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

Scene At(int seconds) {
  return {.elapsed = std::chrono::seconds(seconds),
          .figures = {.active_games = 20, .online_players = 71.4, .moves_per_minute = 358},
          .alerts = {},
          .messages = {}};
}

std::string Message(std::string_view alert, std::string_view color) {
  return fmt::format(R"({{"text":"told","attachments":[{{"color":"{}",)"
                     R"("fields":[{{"title":"alertname","value":"{}"}}]}}]}})",
                     color, alert);
}

/// Plays a whole show into the story, up to and including so many of its scenes.
void PlayShow(Story& story, int scenes) {
  std::vector<Scene> show{At(0), At(15), At(45), At(45), At(65), At(66)};
  show[1].alerts = {{"Many", false}};
  show[2].alerts = show[3].alerts = {{"Many", true}};
  show[3].messages = {Message("Many", "warning")};
  show[5].messages = {Message("Many", "good")};
  for (int i = 0; i < scenes; ++i) {
    story.Tell(show[static_cast<std::size_t>(i)]);
  }
}

TEST(Story, PrintsFiguresEveryFiveSeconds) {
  Story story("Many");
  EXPECT_EQ(story.Tell(At(0)),
            "   time  active games  players online  moves/minute    alerts\n"
            "   0:00            20              71           358    none\n");
  EXPECT_EQ(story.Tell(At(4)), "");
  EXPECT_EQ(story.Tell(At(65)), "   1:05            20              71           358    none\n");
}

TEST(Story, PrintsADashForAFigureThatIsNotThere) {
  Story story("Many");
  Scene scene = At(0);
  scene.figures = {};
  EXPECT_THAT(story.Tell(scene), HasSubstr("0:00             -               -             -"));
}

TEST(Story, TellsOfTheAlertWhenItChanges) {
  Story story("Many");
  story.Tell(At(0));
  Scene scene = At(3);
  scene.alerts = {{"Many", false}};
  EXPECT_EQ(story.Tell(scene), "   0:03  >> Many is pending: it fires when this lasts.\n");
  EXPECT_EQ(story.Tell(scene), "");
  scene.alerts = {{"Many", true}};
  EXPECT_EQ(story.Tell(scene), "   0:03  >> Many fires.\n");
  EXPECT_EQ(story.Tell(scene), "");
  scene.alerts = {};
  EXPECT_EQ(story.Tell(scene), "   0:03  >> Many has ended.\n");
}

TEST(Story, ShowsTheMessageThatWentOut) {
  Story story("Many");
  story.Tell(At(0));
  Scene scene = At(1);
  scene.messages = {Message("Many", "warning")};
  EXPECT_EQ(story.Tell(scene),
            "   0:01  >> The webhook has got this message:\n"
            "            | told\n"
            "            | alertname: Many\n");
}

TEST(Story, IsCompleteWhenEverythingWasSeen) {
  Story story("Many");
  PlayShow(story, 6);
  EXPECT_THAT(story.Missing(), IsEmpty());
}

TEST(Story, NamesWhatWasNotSeen) {
  Story story("Many");
  EXPECT_THAT(story.Missing(), ElementsAre("there were no active games", "no players were online",
                                           "no moves were played", "Many did not fire",
                                           "no message came that it fires", "Many did not end",
                                           "no message came that it is resolved"));
  PlayShow(story, 3);
  EXPECT_THAT(story.Missing(), ElementsAre("no message came that it fires", "Many did not end",
                                           "no message came that it is resolved"));
}

TEST(Story, DoesNotTakeTheFiringMessageForTheOtherOne) {
  Story story("Many");
  PlayShow(story, 5);
  EXPECT_THAT(story.Missing(), ElementsAre("no message came that it is resolved"));
}

TEST(Story, HoldsAnotherFiringAlertAgainstTheShow) {
  Story story("Many");
  PlayShow(story, 6);
  Scene scene = At(67);
  scene.alerts = {{"Low", true}, {"Slow", false}};
  EXPECT_THAT(story.Tell(scene), HasSubstr("Low fires, which it should not."));
  EXPECT_THAT(story.Tell(scene), Not(HasSubstr("Low fires")));
  scene.messages = {Message("High", "danger")};
  story.Tell(scene);
  EXPECT_THAT(story.Missing(),
              ElementsAre("High fired, which it should not", "Low fired, which it should not"));
}

}  // namespace
}  // namespace hakem::demo

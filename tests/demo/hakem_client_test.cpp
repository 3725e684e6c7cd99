#include "demo/hakem_client.h"

#include "tests/support/matchers.h"

namespace hakem::demo {
namespace {

constexpr std::string_view kPage =
    "# HELP game_active_games Games.\n"
    "game_active_games{game=\"a b\"} 20\n"
    "game_active_games{game=\"c\"} 1.5\n"
    "game_active_games_peak 99\n"
    "game_moves_per_minute NaN\n"
    "game_online_players 3";

TEST(Figures, AreAddedUpOverTheirSeries) {
  const Figures figures = ParseFigures(kPage);
  EXPECT_EQ(figures.active_games, 21.5);
  EXPECT_EQ(figures.online_players, 3);
}

TEST(Figures, AreMissingIfThePageDoesNotHaveThem) {
  EXPECT_EQ(ParseFigures("").active_games, std::nullopt);
  EXPECT_EQ(ParseFigures("game_active_games_peak 99\n").active_games, std::nullopt);
}

TEST(Alerts, AreReadFromTheApi) {
  const auto alerts = ParseAlerts(
      R"({"status":"success","data":{"alerts":[{"labels":{"alertname":"A"},"state":"firing"},)"
      R"({"labels":{"alertname":"B"},"state":"pending"}]}})");
  ASSERT_THAT(alerts, IsOk());
  ASSERT_EQ(alerts->size(), 2U);
  EXPECT_EQ(alerts->at(0).name, "A");
  EXPECT_TRUE(alerts->at(0).firing);
  EXPECT_FALSE(alerts->at(1).firing);
  EXPECT_THAT(ParseAlerts("[]"), HasCode(ErrorCode::kInvalidInput));
}

TEST(HakemClient, RequestsThePagesOfItsServer) {
  std::vector<std::string> asked;
  const HakemClient client("http://h", [&](const std::string& url) -> Result<std::string> {
    asked.push_back(url);
    return Fail(ErrorCode::kUnavailable, "nobody there");
  });
  EXPECT_FALSE(client.Ready());
  EXPECT_THAT(client.ReadFigures(), HasMessage("nobody there"));
  EXPECT_THAT(client.ReadAlerts(), HasMessage("nobody there"));
  EXPECT_EQ(asked, (std::vector<std::string>{"http://h/-/ready", "http://h/metrics",
                                             "http://h/api/v1/alerts"}));
}

}  // namespace
}  // namespace hakem::demo

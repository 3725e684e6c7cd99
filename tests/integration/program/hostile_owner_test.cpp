// The owner of the game's database attacks Hakem by every trick, each in a game of its own. None of
// its code may run as the administrator or have effects as the monitoring role, and no metric may
// be wrong without a log line.

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <optional>
#include <regex>

#include "tests/support/game/hostile_owner_fixture.h"

namespace hakem {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// The owner has used each trick in a separate schema.
class HostileOwner : public HostileOwnerFixture {
 protected:
  static void SetUpTestSuite() {
    ASSERT_NO_FATAL_FAILURE(HostileOwnerFixture::SetUpTestSuite());
    for (const Trick& trick : Tricks()) {
      ASSERT_NO_THROW(MakeGame(trick)) << trick.name;
      games_.emplace_back(trick.name);
    }
  }

  static inline std::vector<std::string> games_;
};

/// The value of a metric on /metrics for a game; nothing without such a series.
std::optional<std::string> Figure(const std::string& page, std::string_view name,
                                  std::string_view game) {
  const std::regex pattern(
      fmt::format("\n{}\\{{[^}}\n]*game=\"{}\"[^}}\n]*\\}} ([^\n]*)", name, game));
  std::smatch found;
  return std::regex_search(page, found, pattern) ? std::optional(found[1].str()) : std::nullopt;
}

/// Expects each game to report its one live session, or the page or log to say why not.
void ExpectNoFigureIsWrong(const std::string& page, const std::string& log,
                           const std::vector<std::string>& games) {
  const bool fails = std::regex_search(
      page, std::regex(R"(\nhakem_collector_success\{[^\n]*collector="game"[^\n]*\} 0)"));
  std::vector<std::string> wrong;
  std::vector<std::string> unexplained;
  for (const std::string& game : games) {
    const auto active = Figure(page, "game_active_games", game);
    if (active && active != "1") {
      wrong.push_back(game + ": " + *active);
    } else if (!active && !fails && log.find(game) == log.npos) {
      unexplained.push_back(game);
    }
  }
  EXPECT_THAT(wrong, IsEmpty());
  EXPECT_THAT(unexplained, IsEmpty()) << "no figure, and nobody says why";
}

TEST_F(HostileOwner, GetsNothingFromTheAdministratorByAnyTrick) {
  const std::string before = Roles();
  const std::string bare = ConfigFor(games_, "");
  const ProgramRun dry = Setup(bare, {"--dry-run"});
  EXPECT_EQ(dry.status, 0) << dry.errors;
  const ProgramRun dry_indexes = Setup(bare, {"--indexes", "--dry-run"});
  EXPECT_EQ(dry_indexes.status, 0) << dry_indexes.errors;
  ExpectNobodyWasHurt();
  EXPECT_EQ(Roles(), before);
  EXPECT_EQ(AsAdmin("SELECT count(*) FROM pg_roles WHERE rolname = 'hakem'"), "0");

  EXPECT_THAT(RunScript(dry.output), Not(HasSubstr("ERROR")));
  EXPECT_THAT(RunScript(dry_indexes.output), Not(HasSubstr("ERROR")));
  ExpectNobodyWasHurt();
  EXPECT_EQ(Roles(), before);

  DropHakem();
  const std::string config = ConfigFor(games_, kHakemPassword);
  const ProgramRun role = Setup(config, {"--yes"});
  EXPECT_EQ(role.status, 0) << role.errors;
  const ProgramRun indexes = Setup(config, {"--indexes", "--yes"});
  EXPECT_EQ(indexes.status, 0) << indexes.errors;
  ExpectNobodyWasHurt();
  EXPECT_EQ(Roles(), before);
  EXPECT_EQ(AsAdmin("SELECT count(*) FROM pg_roles WHERE rolname = 'hakem' AND NOT (rolsuper OR "
                    "rolcreaterole OR rolcreatedb OR rolbypassrls OR rolreplication)"),
            "1");
}

TEST_F(HostileOwner, GetsNothingFromTheMonitoringRoleByAnyTrick) {
  const std::string config = ConfigFor(games_, kHakemPassword);
  const ProgramRun role = Setup(config, {"--yes"});
  ASSERT_EQ(role.status, 0) << role.errors;
  // Others, and PUBLIC, have rights too.
  for (const std::string& game : games_) {
    AsOwner(fmt::format("GRANT SELECT ON ALL TABLES IN SCHEMA {} TO PUBLIC", game));
  }
  const std::string before = Roles();
  const std::string hakem = Hakem();
  const ProgramRun collect = RunHakem({"collect", "--config", config, "--log-level", "info"});
  EXPECT_EQ(collect.status, 1) << "Games that are refused are named: " << collect.errors;
  ExpectNoFigureIsWrong(collect.output, collect.errors, games_);
  EXPECT_EQ(Figure(collect.output, "game_active_games", "honest"), "1");
  {
    const auto serving = ServingHakem::Start({}, {"--config", config});
    ASSERT_TRUE(serving) << serving.error().message;
    for (int round = 0; round < 3; ++round) {
      ExpectNoFigureIsWrong((*serving)->Page("/metrics?fresh=1"), (*serving)->Log(), games_);
    }
    Duration taken{};
    (*serving)->Terminate(taken);
  }
  ExpectNobodyWasHurt();
  EXPECT_EQ(Roles(), before);
  EXPECT_EQ(Hakem(), hakem) << "what is hakem's was changed by its collections";
  EXPECT_THAT(Struck("hakem"), IsEmpty()) << "the owner's code ran as the monitoring role";
}

}  // namespace
}  // namespace hakem

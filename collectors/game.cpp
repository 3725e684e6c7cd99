#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "collectors/core/collector.h"
#include "collectors/game/schema/families.h"
#include "collectors/game/scraper.h"

namespace hakem::collectors {
namespace {

/// Collects every configured game of a server. One game that fails does not affect the others.
class GameCollector final : public Collector {
 public:
  GameCollector(const std::vector<GameOptions>& games, GameStore* store) {
    for (const GameOptions& game : games) {
      const int number = static_cast<int>(games_.size()) + 1;
      games_.push_back({game.name, std::make_unique<GameScraper>(game, number, store)});
    }
  }

  /// Fails only if all games fail. If some fail, their errors are logged whenever they change.
  Result<void> Collect(const CollectorContext& context, SampleSink& sink) override {
    Result<void> failure;
    std::size_t failed = 0;
    for (Game& game : games_) {
      auto collected = game.scraper->Collect(context, sink);
      const std::string error = collected ? "" : collected.error().message;
      if (!collected) {
        ++failed;
        failure = std::move(collected);
      }
      if (games_.size() > 1 && error != std::exchange(game.last_error, error) && !error.empty()) {
        context.log.Warn("game not collected", {{"game", game.name}, {"error", error}});
      }
    }
    return failed == games_.size() ? failure : Result<void>();
  }

 private:
  struct Game {
    std::string name;
    std::unique_ptr<GameScraper> scraper;
    std::string last_error = {};
  };

  std::vector<Game> games_;
};

}  // namespace

extern const CollectorSpec game;
constinit const CollectorSpec game{
    .name = "game",
    .help = "The game itself: sessions, seats, players, moves. Reads new and live rows only.",
    .enabled_by_default = true,
    .lane = Lane::kFast,
    .priority = Priority::kEssential,
    .families = kGameFamilies,
    .make = [](const CollectorOptions& options) -> std::unique_ptr<Collector> {
      return std::make_unique<GameCollector>(options.games, options.game_store);
    }};

}  // namespace hakem::collectors

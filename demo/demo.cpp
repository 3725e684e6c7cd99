#include "demo/demo.h"

#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <ostream>
#include <utility>

#include "demo/stage.h"
#include "demo/story.h"
#include "demo/webhook_receiver.h"
#include "model/duration.h"

namespace hakem::demo {
namespace {

constexpr std::string_view kAlert = "ManyActiveGames";
constexpr int kUsualPort = 9187;
constexpr Duration kLookEvery = std::chrono::milliseconds(500);
constexpr Duration kReadyWithin = std::chrono::seconds(30);
constexpr Duration kGameWithin = std::chrono::seconds(60);

/// The show from the first curtain to the last.
class Demo {
 public:
  Demo(const DemoOptions& options, const DemoDeps& deps, std::stop_token stop)
      : options_(options), deps_(deps), stop_(std::move(stop)) {}

  Result<DemoEnd> Run();

 private:
  Result<void> SetUp();
  Result<void> StartGame();
  Result<void> StartHakem();
  Result<DemoEnd> Play();
  Scene Look();
  DemoEnd Close();

  /// Waits for a condition; fails when a child ends meanwhile, when it takes longer than `limit`,
  /// or when stopped.
  template <typename Condition>
  Result<void> Await(std::string_view what, Duration limit, Condition condition);

  /// The error for a child that ended, after its last lines have been shown.
  Error Mourn(const Fallen& fallen);

  bool Pause(Duration length) {
    return deps_.clock.SleepUntil(deps_.clock.SteadyNow() + length, stop_);
  }

  template <typename... Args>
  void Say(fmt::format_string<Args...> format, Args&&... args) {
    deps_.out << fmt::format(format, std::forward<Args>(args)...) << std::flush;
  }

  const DemoOptions options_;
  const DemoDeps& deps_;
  const std::stop_token stop_;
  const GamePlan plan_;
  std::unique_ptr<WebhookReceiver> webhook_;
  std::unique_ptr<Stage> stage_;
  std::optional<HakemClient> hakem_;
  Story story_{std::string(kAlert)};
  SteadyTime ready_at_;
  Scene last_;
  bool told_all_ = false;
};

Result<DemoEnd> Demo::Run() {
  Result<DemoEnd> end = SetUp().and_then([this] { return Play(); });
  if (end) {
    return end;
  }
  if (stop_.stop_requested()) {
    Say("\nStopped before the show began.\n");
    return options_.length ? DemoEnd::kIncomplete : DemoEnd::kInterrupted;
  }
  if (stage_ != nullptr) {
    stage_->KeepLogs();
    Say("\nWhat simulator and Hakem wrote is in {}\n", stage_->folder());
  }
  return end;
}

Result<void> Demo::SetUp() {
  if (options_.port != 0 && !PortIsFree(options_.port)) {
    return Fail(ErrorCode::kInvalidInput,
                fmt::format("port {} is taken; choose another with --port", options_.port));
  }
  Say("A Hokm server, its database, Hakem and a chat's webhook, all on this machine.\n\n");
  auto webhook = WebhookReceiver::Start(deps_.log);
  if (!webhook) {
    return Fail(webhook.error());
  }
  webhook_ = *std::move(webhook);
  std::error_code error;
  const std::string program = deps_.program.empty()
                                  ? std::filesystem::read_symlink("/proc/self/exe", error).string()
                                  : deps_.program;
  if (error) {
    return Fail(
        ErrorCode::kRefused,
        fmt::format("cannot find the program itself in /proc/self/exe: {}", error.message()));
  }
  auto stage = Stage::Make(program);
  if (!stage) {
    return Fail(stage.error());
  }
  stage_ = *std::move(stage);
  return stage_->StartDatabase().and_then([this] { return StartGame(); }).and_then([this] {
    return StartHakem();
  });
}

Result<void> Demo::StartGame() {
  if (stop_.stop_requested()) {
    return Fail(ErrorCode::kTimeout, "stopped while the database was made");
  }
  Say("  database   a private PostgreSQL: psql '{}'\n",
      stage_->database().Dsn("hokm_game", "hokm_server"));
  if (auto started = stage_->StartGame(plan_); !started) {
    return started;
  }
  Say("  simulator  {} games, {} moves a second by the rules of Hokm; people sit down ...\n",
      plan_.games, plan_.moves_per_second);
  return Await("the first moves", kGameWithin, [this] { return stage_->GameIsUnderWay(); });
}

Result<void> Demo::StartHakem() {
  const int port = options_.port != 0       ? options_.port
                   : PortIsFree(kUsualPort) ? kUsualPort
                                            : process::FreePort();
  hakem_.emplace(fmt::format("http://127.0.0.1:{}", port), deps_.fetch);
  auto started = stage_->StartHakem(plan_, port, webhook_->url()).and_then([this] {
    return Await("Hakem", kReadyWithin, [this] { return hakem_->Ready(); });
  });
  if (!started) {
    return started;
  }
  ready_at_ = deps_.clock.SteadyNow();
  Say("  webhook    {}\n", webhook_->url());
  Say("  hakem      {}/                as role hakem, which may only look\n", hakem_->url());
  Say("             {}/metrics         what a Prometheus reads\n", hakem_->url());
  Say("             {}/api/v1/alerts   what a Grafana reads\n\n", hakem_->url());
  Say("Soon {} more games open within two seconds. The limit is {} (MAX_ACTIVE_GAMES, lowered for\n"
      "this show); the shipped rule fires when it has been exceeded for 30 s.\n\n",
      plan_.rush_games, plan_.max_active_games);
  return {};
}

Result<DemoEnd> Demo::Play() {
  const auto is_over = [this] { return options_.length && last_.elapsed >= *options_.length; };
  do {
    if (const auto fallen = stage_->FindFallen()) {
      return Fail(Mourn(*fallen));
    }
    last_ = Look();
    Say("{}", story_.Tell(last_));
    if (!told_all_ && story_.Missing().empty()) {
      told_all_ = true;
      Say("\nThat was all of it: an alert that fired, was told, ended, and was told again.\n{}\n",
          options_.length ? "" : "Hakem goes on; look at its pages, or end it with Ctrl-C.\n");
    }
  } while (!is_over() && Pause(kLookEvery));
  return Close();
}

Scene Demo::Look() {
  Scene scene = last_;  // Alerts that cannot be read are as they were; figures are unknown.
  scene.elapsed = std::chrono::floor<Duration>(deps_.clock.SteadyNow() - ready_at_);
  scene.messages = webhook_->Take();
  scene.figures = hakem_->ReadFigures().value_or(Figures{});
  if (auto alerts = hakem_->ReadAlerts()) {
    scene.alerts = *std::move(alerts);
  }
  return scene;
}

DemoEnd Demo::Close() {
  const std::vector<std::string> missing = story_.Missing();
  if (missing.empty()) {
    Say("\nEverything was seen; no other alert fired.\n");
    return DemoEnd::kComplete;
  }
  if (!options_.length) {
    Say("\nStopped.\n");
    return DemoEnd::kInterrupted;
  }
  Say("\nNot everything was seen:\n");
  for (const std::string& sentence : missing) {
    Say("  - {}\n", sentence);
  }
  return DemoEnd::kIncomplete;
}

template <typename Condition>
Result<void> Demo::Await(std::string_view what, Duration limit, Condition condition) {
  const SteadyTime end = deps_.clock.SteadyNow() + limit;
  while (!condition()) {
    if (const auto fallen = stage_->FindFallen()) {
      return Fail(Mourn(*fallen));
    }
    if (deps_.clock.SteadyNow() >= end) {
      return Fail(ErrorCode::kTimeout,
                  fmt::format("waited {} for {} in vain", FormatDuration(limit), what));
    }
    if (!Pause(kLookEvery / 5)) {
      return Fail(ErrorCode::kTimeout, fmt::format("stopped while waiting for {}", what));
    }
  }
  return {};
}

Error Demo::Mourn(const Fallen& fallen) {
  Say("\nThe last lines that {} wrote:\n{}\n", fallen.name, fallen.tail);
  return {ErrorCode::kUnavailable,
          fmt::format("{} ended with status {}", fallen.name, fallen.status)};
}

}  // namespace

Result<DemoEnd> RunDemo(const DemoOptions& options, const DemoDeps& deps,
                        const std::stop_token& stop) {
  return Demo(options, deps, stop).Run();
}

}  // namespace hakem::demo

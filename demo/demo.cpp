#include "demo/demo.h"

#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <ostream>
#include <utility>

#include "demo/processes.h"
#include "demo/progress.h"
#include "demo/webhook_receiver.h"
#include "model/duration.h"

namespace hakem::demo {
namespace {

constexpr std::string_view kAlert = "ManyActiveGames";
constexpr int kUsualPort = 9187;
constexpr Duration kObserveEvery = std::chrono::milliseconds(500);
constexpr Duration kReadyWithin = std::chrono::seconds(30);
constexpr Duration kGameWithin = std::chrono::seconds(60);

/// One run of the demo.
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
  Observation Observe();
  DemoEnd Finish();

  /// Waits for a condition. Errors: kUnavailable: a child ended; kTimeout: it took longer than
  /// `limit`, or the demo was stopped.
  template <typename Condition>
  Result<void> WaitFor(std::string_view what, Duration limit, Condition condition);

  /// Prints the last lines of a child that ended and returns the error.
  Error ExitError(const ExitedChild& exited);

  bool Pause(Duration length) {
    return deps_.clock.SleepUntil(deps_.clock.SteadyNow() + length, stop_);
  }

  template <typename... Args>
  void Print(fmt::format_string<Args...> format, Args&&... args) {
    deps_.out << fmt::format(format, std::forward<Args>(args)...) << std::flush;
  }

  const DemoOptions options_;
  const DemoDeps& deps_;
  const std::stop_token stop_;
  const GameSettings game_;
  std::unique_ptr<WebhookReceiver> webhook_;
  std::unique_ptr<Processes> processes_;
  std::optional<HakemClient> hakem_;
  Progress progress_{std::string(kAlert)};
  SteadyTime ready_at_;
  Observation last_;
  bool completed_ = false;
};

Result<DemoEnd> Demo::Run() {
  Result<DemoEnd> end = SetUp().and_then([this] { return Play(); });
  if (end) {
    return end;
  }
  if (stop_.stop_requested()) {
    Print("\nStopped before the demo began.\n");
    return options_.length ? DemoEnd::kIncomplete : DemoEnd::kInterrupted;
  }
  if (processes_ != nullptr) {
    processes_->KeepLogs();
    Print("\nThe output of the simulator and Hakem is in {}\n", processes_->folder());
  }
  return end;
}

Result<void> Demo::SetUp() {
  if (options_.port != 0 && !PortIsFree(options_.port)) {
    return Fail(ErrorCode::kInvalidInput,
                fmt::format("port {} is taken; choose another with --port", options_.port));
  }
  Print("A Hokm server, its database, Hakem and a chat's webhook, all on this machine.\n\n");
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
  auto processes = Processes::Make(program);
  if (!processes) {
    return Fail(processes.error());
  }
  processes_ = *std::move(processes);
  return processes_->StartDatabase().and_then([this] { return StartGame(); }).and_then([this] {
    return StartHakem();
  });
}

Result<void> Demo::StartGame() {
  if (stop_.stop_requested()) {
    return Fail(ErrorCode::kTimeout, "stopped while the database was created");
  }
  Print("  database   a private PostgreSQL: psql '{}'\n",
        processes_->database().Dsn("hokm_game", "hokm_server"));
  if (auto started = processes_->StartGame(game_); !started) {
    return started;
  }
  Print(
      "  simulator  {} games, {} moves a second by the rules of Hokm; waiting for the first moves "
      "...\n",
      game_.games, game_.moves_per_second);
  return WaitFor("the first moves", kGameWithin, [this] { return processes_->GameIsUnderWay(); });
}

Result<void> Demo::StartHakem() {
  const int port = options_.port != 0       ? options_.port
                   : PortIsFree(kUsualPort) ? kUsualPort
                                            : process::FreePort();
  hakem_.emplace(fmt::format("http://127.0.0.1:{}", port), deps_.fetch);
  auto started = processes_->StartHakem(game_, port, webhook_->url()).and_then([this] {
    return WaitFor("Hakem", kReadyWithin, [this] { return hakem_->Ready(); });
  });
  if (!started) {
    return started;
  }
  ready_at_ = deps_.clock.SteadyNow();
  Print("  webhook    {}\n", webhook_->url());
  Print("  hakem      {}/                as the role hakem, which can only read\n", hakem_->url());
  Print("             {}/metrics         what a Prometheus reads\n", hakem_->url());
  Print("             {}/api/v1/alerts   what a Grafana reads\n\n", hakem_->url());
  Print(
      "Soon {} more games open within two seconds. The limit is {} (MAX_ACTIVE_GAMES, lowered for\n"
      "this demo); the shipped rule fires when it has been exceeded for 30 s.\n\n",
      game_.burst_games, game_.max_active_games);
  return {};
}

Result<DemoEnd> Demo::Play() {
  const auto is_over = [this] { return options_.length && last_.elapsed >= *options_.length; };
  do {
    if (const auto exited = processes_->FindExited()) {
      return Fail(ExitError(*exited));
    }
    last_ = Observe();
    Print("{}", progress_.Add(last_));
    if (!completed_ && progress_.Missing().empty()) {
      completed_ = true;
      Print(
          "\nThat was all: an alert fired and was resolved, and the webhook received both "
          "messages.\n{}\n",
          options_.length ? "" : "Hakem continues; open its pages, or end it with Ctrl-C.\n");
    }
  } while (!is_over() && Pause(kObserveEvery));
  return Finish();
}

Observation Demo::Observe() {
  Observation observation = last_;  // If alerts cannot be read they stay as they were.
  observation.elapsed = std::chrono::floor<Duration>(deps_.clock.SteadyNow() - ready_at_);
  observation.messages = webhook_->Take();
  observation.figures = hakem_->ReadFigures().value_or(Figures{});
  if (auto alerts = hakem_->ReadAlerts()) {
    observation.alerts = *std::move(alerts);
  }
  return observation;
}

DemoEnd Demo::Finish() {
  const std::vector<std::string> missing = progress_.Missing();
  if (missing.empty()) {
    Print("\nEverything was seen; no other alert fired.\n");
    return DemoEnd::kComplete;
  }
  if (!options_.length) {
    Print("\nStopped.\n");
    return DemoEnd::kInterrupted;
  }
  Print("\nNot everything was seen:\n");
  for (const std::string& sentence : missing) {
    Print("  - {}\n", sentence);
  }
  return DemoEnd::kIncomplete;
}

template <typename Condition>
Result<void> Demo::WaitFor(std::string_view what, Duration limit, Condition condition) {
  const SteadyTime end = deps_.clock.SteadyNow() + limit;
  while (!condition()) {
    if (const auto exited = processes_->FindExited()) {
      return Fail(ExitError(*exited));
    }
    if (deps_.clock.SteadyNow() >= end) {
      return Fail(ErrorCode::kTimeout,
                  fmt::format("waited {} for {} in vain", FormatDuration(limit), what));
    }
    if (!Pause(kObserveEvery / 5)) {
      return Fail(ErrorCode::kTimeout, fmt::format("stopped while waiting for {}", what));
    }
  }
  return {};
}

Error Demo::ExitError(const ExitedChild& exited) {
  Print("\nThe last lines that {} wrote:\n{}\n", exited.name, exited.tail);
  return {ErrorCode::kUnavailable,
          fmt::format("{} ended with status {}", exited.name, exited.status)};
}

}  // namespace

Result<DemoEnd> RunDemo(const DemoOptions& options, const DemoDeps& deps,
                        const std::stop_token& stop) {
  return Demo(options, deps, stop).Run();
}

}  // namespace hakem::demo

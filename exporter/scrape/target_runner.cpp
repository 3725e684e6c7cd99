#include "exporter/scrape/target_runner.h"

#include <utility>

#include "exporter/scrape/target_setup.h"
#include "model/duration.h"

namespace hakem::exporter {
namespace {

/// All settings that affect collection, as text, but for the password.
std::string CollectionSettings(const config::Config& config) {
  config::Config relevant;
  relevant.target = config.target;
  // Thresholds affect rules alone, except the longest duration of a game, which is added below.
  relevant.target.thresholds = config::DefaultThresholds();
  relevant.collect = config.collect;
  std::string text = config::FormatConfig(relevant) + config.target.password_command;
  for (const collectors::GameOptions& game : config.target.games) {
    text += FormatDuration(game.max_game_duration);
  }
  return text;
}

ScrapeOptions WithTarget(ScrapeOptions options, const Labels& target_labels) {
  options.target_labels = target_labels;
  return options;
}

}  // namespace

TargetRunner::Running::Running(const TargetRunner& runner, const config::Config& config)
    : sessions(config.target.conninfo, config.target.password_file, runner.deps_.clock,
               config.target.password_command, runner.deps_.log.For("session")),
      loop(WithTarget(MakeScrapeOptions(config, runner.deps_.game_store),
                      runner.deps_.target_labels),
           {.sessions = sessions,
            .clock = runner.deps_.clock,
            .log = runner.deps_.log,
            .own_families = runner.deps_.own_families,
            .make_series = runner.deps_.make_series,
            .on_snapshot = runner.deps_.on_snapshot}) {}

TargetRunner::TargetRunner(const config::Config& config, Deps deps)
    : deps_(std::move(deps)),
      settings_(CollectionSettings(config)),
      conninfo_(config.target.conninfo),
      running_(std::make_shared<Running>(*this, config)) {}

std::shared_ptr<TargetRunner::Running> TargetRunner::Current() const {
  const MutexLock lock(mutex_);
  return running_;
}

void TargetRunner::Set(std::shared_ptr<Running> running) {
  const MutexLock lock(mutex_);
  running_.swap(running);  // The old value is destroyed with the parameter, after the lock.
}

bool TargetRunner::Reconfigure(const config::Config& config) {
  std::string settings = CollectionSettings(config);
  if (settings == settings_ && config.target.conninfo == conninfo_) {
    return false;
  }
  Stop();  // The old connections are closed before new ones are made.
  Set(std::make_shared<Running>(*this, config));
  conninfo_ = config.target.conninfo;
  settings_.clear();  // If Start throws, because there is no thread, the next reload tries again.
  Start();
  settings_ = std::move(settings);
  return true;
}

}  // namespace hakem::exporter

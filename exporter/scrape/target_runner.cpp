#include "exporter/scrape/target_runner.h"

#include <utility>

#include "exporter/scrape/target_setup.h"
#include "model/duration.h"

namespace hakem::exporter {
namespace {

/// All that decides what is collected, and how, as text; the password apart.
std::string WhatIsCollected(const Config& config) {
  Config relevant;
  relevant.target = config.target;
  relevant.target.thresholds = DefaultThresholds();  // The rules' affair,
  relevant.collect = config.collect;
  std::string text = FormatConfig(relevant) + config.target.password_command;
  for (const collectors::GameOptions& game : config.target.games) {
    text += FormatDuration(game.max_game_duration);  // but for this one.
  }
  return text;
}

ScrapeOptions WithTarget(ScrapeOptions options, const Labels& target_labels) {
  options.target_labels = target_labels;
  return options;
}

}  // namespace

TargetRunner::Collecting::Collecting(TargetRunner& runner, const Config& config)
    : sessions(config.target.conninfo, config.target.password_file, runner.deps_.clock,
               config.target.password_command, runner.deps_.log.For("session")),
      loop(WithTarget(MakeScrapeOptions(config, runner.deps_.game_store),
                      runner.deps_.target_labels),
           {.sessions = sessions,
            .clock = runner.deps_.clock,
            .log = runner.deps_.log,
            .own_families = runner.deps_.own_families,
            .make_series = runner.deps_.make_series,
            .on_snapshot = [&runner](std::shared_ptr<const Snapshot> snapshot) {
              runner.Take(std::move(snapshot));
            }}) {}

TargetRunner::TargetRunner(const Config& config, Deps deps)
    : deps_(std::move(deps)),
      told_(WhatIsCollected(config)),
      conninfo_(config.target.conninfo),
      collecting_(std::make_shared<Collecting>(*this, config)) {}

std::shared_ptr<TargetRunner::Collecting> TargetRunner::Now() const {
  const MutexLock lock(mutex_);
  return collecting_;
}

void TargetRunner::Set(std::shared_ptr<Collecting> collecting) {
  const MutexLock lock(mutex_);
  collecting_.swap(collecting);  // The old one goes with the parameter, after the lock.
}

bool TargetRunner::Reconfigure(const Config& config) {
  std::string told = WhatIsCollected(config);
  if (told == told_ && config.target.conninfo == conninfo_) {
    return false;
  }
  const auto before = Now();
  before->loop.ReleaseWaiting();
  before->loop.Stop();  // Its connections close before others are made.
  Set(std::make_shared<Collecting>(*this, config));
  conninfo_ = config.target.conninfo;
  told_.clear();  // Should there be no thread to start, the next reload tries again.
  Start();
  told_ = std::move(told);
  return true;
}

void TargetRunner::Take(std::shared_ptr<const Snapshot> snapshot) {
  status_.Set(std::make_shared<const TargetStatus>(Now()->loop.Status()));
  deps_.on_snapshot(std::move(snapshot));
}

}  // namespace hakem::exporter

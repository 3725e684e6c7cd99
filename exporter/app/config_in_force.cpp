#include "exporter/app/config_in_force.h"

#include <memory>

#include "config/restart_keys.h"
#include "exporter/scrape/target_setup.h"

namespace hakem::exporter {

ConfigInForce::ConfigInForce(const config::Config& config, const PartDeps& deps)
    : deps_(deps), log_(deps.log.For("hakem")), config_(config), last_success_(deps.clock.Now()) {
  yaml_.Set(std::make_shared<const std::string>(config::FormatConfigForApi(config)));
}

void ConfigInForce::Apply(const config::Config& config) {
  for (const std::string_view key : config::NeedRestart(config_, config)) {
    log_.Warn("this change takes effect at the next start", {{"key", key}});
  }
  config_ = config;
  last_success_ = deps_.clock.Now();
  deps_.own_metrics.Reloaded(config.target.thresholds, ServerLabels(config.target), last_success_);
  yaml_.Set(std::make_shared<const std::string>(config::FormatConfigForApi(config)));
  reload_status_.Set(std::make_shared<const web::ReloadStatus>(
      web::ReloadStatus{.succeeded = true, .last_success = last_success_}));
}

void ConfigInForce::Reject(const Error& error) {
  deps_.own_metrics.ReloadFailed();
  reload_status_.Set(std::make_shared<const web::ReloadStatus>(
      web::ReloadStatus{.succeeded = false, .last_success = last_success_}));
  log_.Error("configuration not reloaded: the one in force stays", {{"error", error.message}});
}

}  // namespace hakem::exporter

#pragma once

#include <string>

#include "config/config.h"
#include "exporter/app/part_deps.h"
#include "model/published.h"
#include "web/context/program_facts.h"

namespace hakem::exporter {

/// The configuration that is in force and how the last reload ended, for the log, the metrics and
/// the API. Apply and Reject are called by one thread at a time; the rest is thread-safe.
class ConfigInForce {
 public:
  ConfigInForce(const config::Config& config, const PartDeps& deps);

  /// Puts a configuration into force and warns of the changes that need a restart.
  void Apply(const config::Config& config);

  /// Reports that a reload failed: the old configuration stays in force.
  void Reject(const Error& error);

  /// As YAML, with secrets masked. Never null.
  const Published<std::string>& yaml() const { return yaml_; }

  /// Null before the first reload.
  const Published<web::ReloadStatus>& reload_status() const { return reload_status_; }

 private:
  const PartDeps deps_;
  const Logger log_;
  config::Config config_;
  Timestamp last_success_;  ///< When it was put into force.
  Published<std::string> yaml_;
  Published<web::ReloadStatus> reload_status_;
};

}  // namespace hakem::exporter

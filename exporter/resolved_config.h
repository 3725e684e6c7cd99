#pragma once

#include <string>
#include <vector>

#include "config/config.h"
#include "config/receivers.h"
#include "exporter/probe/probe_handler.h"
#include "model/labels.h"
#include "model/result.h"
#include "rules/rule_file.h"
#include "web/http/listen_address.h"

namespace hakem::exporter {

/// What a configuration refers to, read and checked before anything is made of it.
struct ResolvedConfig {
  std::vector<rules::RuleGroup> groups;
  alertmanager::ReceiverSettings receivers;
  web::ListenAddress address;
  std::string external_url;
  Labels target_labels;
  ProbeOptions probe;
};

/// Errors: kInvalidInput: a rule file, a receiver, the listen address, web.yml or what may be
/// probed is wrong.
Result<ResolvedConfig> ResolveConfig(const Config& config);

}  // namespace hakem::exporter

#pragma once

#include <string>
#include <vector>

#include "config/config.h"
#include "config/receivers.h"
#include "exporter/probe/probe_handler.h"
#include "model/labels.h"
#include "model/result.h"
#include "rules/files/rule_file.h"
#include "web/http/listen_address.h"

namespace hakem::exporter {

/// A configuration with everything that it refers to: rule files, receivers, addresses. All of it
/// is checked, so that it can be applied without errors.
struct ResolvedConfig {
  std::vector<rules::RuleGroup> groups;
  alertmanager::ReceiverSettings receivers;
  web::ListenAddress address;
  std::string external_url;
  Labels target_labels;
  ProbeOptions probe;
};

/// Reads and checks what the configuration refers to. Errors: kInvalidInput: a rule file, a
/// receiver, the listen address, the web.yml or an option of `/probe` is wrong.
Result<ResolvedConfig> ResolveConfig(const config::Config& config);

/// Returns the URL of Hakem's pages, without a final slash: `web.external_url`, or else one that is
/// made from the address. Errors: kInvalidInput: the web.yml is wrong.
Result<std::string> ExternalUrl(const config::Config& config, const web::ListenAddress& address);

}  // namespace hakem::exporter

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "exporter/config/config.h"
#include "exporter/config/receivers.h"
#include "exporter/probe/probe_handler.h"
#include "model/labels.h"
#include "model/result.h"
#include "rules/rule_file.h"
#include "web/http/listen_address.h"

namespace hakem::exporter {

/// What a configuration refers to, read and checked before anything is made of it.
struct Inputs {
  std::vector<rules::RuleGroup> groups;
  alertmanager::ReceiverSettings receivers;
  web::ListenAddress address;
  std::string external_url;
  Labels target_labels;
  ProbeOptions probe;
};

/// Errors: kInvalidInput: a rule file, a receiver, the listen address, web.yml or what may be
/// probed is wrong.
Result<Inputs> MakeInputs(const Config& config);

/// What only the next start takes in, of two configurations: the keys that differ.
std::vector<std::string_view> NeedRestart(const Config& before, const Config& after);

}  // namespace hakem::exporter

#pragma once

#include <span>
#include <string_view>

#include "collectors/core/sample_sink.h"
#include "ruletools/check/catalogue.h"

namespace hakem::cli {

/// The metrics about Hakem itself that come neither from a collector nor with the target's status:
/// its process, history, rules, notifications and HTTP server.
std::span<const collectors::FamilySpec> OwnFamilies();

/// All metrics that Hakem exports, and those that it or a Prometheus writes beside them, such as
/// `up` and `ALERTS`.
ruletools::Catalogue ShippedCatalogue();

}  // namespace hakem::cli

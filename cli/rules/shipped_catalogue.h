#pragma once

#include "ruletools/check/catalogue.h"

namespace hakem::cli {

/// All metrics that Hakem exports, and those that it or a Prometheus writes beside them, such as
/// `up` and `ALERTS`.
ruletools::Catalogue ShippedCatalogue();

}  // namespace hakem::cli

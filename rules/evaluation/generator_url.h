#pragma once

#include <string>
#include <string_view>

namespace hakem::rules {

/// The link to the graph of an alert's expression, in the form that Prometheus sends to
/// Alertmanager:
/// `<external_url>/graph?g0.expr=<query>&g0.tab=1`.
std::string GeneratorUrl(std::string_view external_url, std::string_view query);

}  // namespace hakem::rules

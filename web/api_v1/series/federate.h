#pragma once

#include "web/endpoint/endpoint.h"

namespace hakem::web {

/// `/federate`: for each series that a selector `match[]` finds, writes the newest sample of the
/// last five minutes with its timestamp, for another Prometheus to scrape. Series that have ended
/// are not written. The page is in the text format, sorted by metric name, and all families are
/// untyped. Series without an instance get `instance=""`, so that the scraper does not add its own.
extern const EndpointTable kFederationEndpoints;

}  // namespace hakem::web

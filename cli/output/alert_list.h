#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/result.h"

namespace hakem::exporter {

/// An alert as the HTTP API tells it, for people to read.
struct ListedAlert {
  std::string state;  ///< "pending", "firing"
  std::string name;
  std::string labels;  ///< `game="hokm", severity="warning"`, without the name
  std::string summary;
  std::string active_since;  ///< RFC 3339
  std::string value;
};

/// Reads the answer of `/api/v1/alerts`. Errors: kUnavailable when it is not one.
Result<std::vector<ListedAlert>> ReadAlerts(std::string_view json);

/// A line or two an alert, firing ones first; "no alerts\n" when there are none.
std::string FormatAlerts(std::vector<ListedAlert> alerts);

}  // namespace hakem::exporter

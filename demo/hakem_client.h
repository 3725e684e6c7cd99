#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/result.h"

namespace hakem::demo {

/// Sends a GET request and returns the body of a response with status 200. Errors: kTimeout;
/// kUnavailable: no connection, or another status.
using Fetch = std::function<Result<std::string>(const std::string& url)>;

/// The game's figures on a metrics page. Each is the sum over its series; nothing if there is none.
struct Figures {
  std::optional<double> active_games;
  std::optional<double> online_players;
  std::optional<double> moves_per_minute;
};

/// An alert of the API.
struct AlertSeen {
  std::string name;
  bool firing = false;  ///< False: the alert is pending.
};

/// Queries a running Hakem over HTTP.
class HakemClient {
 public:
  /// `url` is the base address: `http://127.0.0.1:9187`.
  HakemClient(std::string url, Fetch fetch);

  const std::string& url() const { return url_; }

  /// Returns whether Hakem is ready.
  bool Ready() const;
  /// Reads the figures. Errors: those of `fetch`.
  Result<Figures> ReadFigures() const;
  /// Reads the pending and firing alerts. Errors: those of `fetch`; kInvalidInput: not the API's
  /// JSON.
  Result<std::vector<AlertSeen>> ReadAlerts() const;

 private:
  const std::string url_;
  const Fetch fetch_;
};

/// Parses the figures of a metrics page.
Figures ParseFigures(std::string_view page);

/// Parses the response of `/api/v1/alerts`. Errors: kInvalidInput.
Result<std::vector<AlertSeen>> ParseAlerts(std::string_view json);

}  // namespace hakem::demo

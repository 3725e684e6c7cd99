#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/result.h"

namespace hakem::demo {

/// GETs an address and returns the body of a 200. Errors: kUnavailable, kTimeout; any other status
/// is kUnavailable too.
using Fetch = std::function<Result<std::string>(const std::string& url)>;

/// The game's figures on a metrics page, added up over their series; nothing where there are none.
struct Figures {
  std::optional<double> active_games;
  std::optional<double> online_players;
  std::optional<double> moves_per_minute;
};

/// An alert that the rules know now.
struct AlertSeen {
  std::string name;
  bool firing = false;  ///< Else pending.
};

/// Asks a running Hakem, as anybody could.
class HakemClient {
 public:
  /// `url`: `http://127.0.0.1:9187`.
  HakemClient(std::string url, Fetch fetch);

  const std::string& url() const { return url_; }

  bool Ready() const;
  Result<Figures> ReadFigures() const;
  Result<std::vector<AlertSeen>> ReadAlerts() const;

 private:
  const std::string url_;
  const Fetch fetch_;
};

/// What a metrics page says.
Figures ParseFigures(std::string_view page);

/// What `/api/v1/alerts` says. Errors: kInvalidInput.
Result<std::vector<AlertSeen>> ParseAlerts(std::string_view json);

}  // namespace hakem::demo

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace hakem::collectors {

/// A row of websocket_connections that was asked for.
struct ConnectionRow {
  std::string id;
  bool active = false;
  std::string reason;  ///< Why it was closed; empty: nobody said.
};

/// Tells which connections were opened and which were closed, without an index on the times of
/// either, as SessionTracker does for sessions. A connection that was opened and closed between two
/// looks is not seen.
class ConnectionTracker {
 public:
  struct News {
    std::uint64_t opened = 0;
    std::vector<std::string> closed;  ///< The reason of each; empty where there is none.
  };

  /// `active`: the ids of those that are; `asked`: the rows of wanted() that still exist. Both are
  /// of one snapshot. The first look only tells what there is.
  News See(const std::vector<std::string>& active, const std::vector<ConnectionRow>& asked);

  /// Ids whose rows the next look must tell; at most kMostWanted, the others are wanted later.
  const std::vector<std::string>& wanted() const { return wanted_; }

  static constexpr std::size_t kMostWanted = 1000;

 private:
  std::size_t looks_ = 0;
  std::unordered_map<std::string, std::size_t> seen_;  ///< The last look in which each was active.
  std::vector<std::string> wanted_;
};

}  // namespace hakem::collectors

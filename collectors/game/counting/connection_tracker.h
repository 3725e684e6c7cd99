#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "collectors/core/game_store.h"
#include "collectors/game/counting/counted_rows.h"
#include "collectors/game/counting/followed_rows.h"
#include "model/time.h"

namespace hakem::collectors {

/// A row of websocket_connections that was requested by its id.
struct ConnectionRow {
  std::string id;
  bool active = false;
  std::string reason;                      ///< Why it was closed; empty if the row has no reason.
  std::optional<PgTimestamp> closed = {};  ///< When it was closed; nothing if unknown.
};

/// A row of websocket_connections that was closed in the time range of a collection.
struct ClosedConnection {
  std::string id;
  std::string reason;  ///< Empty if the row has no reason.
  PgTimestamp at;      ///< When it was closed.
};

/// Finds out which connections were opened and closed between two polls. It keeps the ids of active
/// connections and requests the rows of those that are no longer active by primary key, as
/// SessionTracker does for sessions. A connection that was opened and closed between two polls is
/// found only if an index on `disconnected_at` allows closed rows to be read. Used by one thread.
class ConnectionTracker {
 public:
  /// What changed since the previous poll.
  struct Changes {
    std::uint64_t opened = 0;
    std::vector<std::string> closed;  ///< One reason per closed connection; empty if unknown.
  };

  /// What one poll of the database returned. All of it comes from one snapshot.
  struct Poll {
    bool scanned = true;                   ///< False: `active` and `requested` were not read.
    std::vector<std::string> active;       ///< Ids of active connections.
    std::vector<ConnectionRow> requested;  ///< The rows of wanted() that still exist.
    /// Closed between the previous horizon and `horizon`; empty if no index allows reading them.
    std::vector<ClosedConnection> closed;
    PgTimestamp horizon;  ///< All rows from before it are committed.
  };

  /// Takes one poll and returns the changes. The first poll is the baseline: connections that are
  /// active then do not count as opened.
  Changes Observe(const Poll& poll);

  /// Ids whose rows the next poll must request.
  const std::vector<std::string>& wanted() const { return active_.wanted(); }

  /// Adds the records that Read needs to continue from this state.
  void Write(GameRecords& records) const;

  /// Restores the state that Write saved. Returns false if a record cannot be parsed.
  bool Read(const GameRecords& records);

 private:
  void ObserveRequested(const Poll& poll, const std::vector<std::string>& requested,
                        Changes& changes);
  void ObserveClosed(const Poll& poll, Changes& changes);
  void ObserveActive(const Poll& poll, Changes& changes);

  FollowedRows active_;
  CountedRows counted_{"closed/"};
};

}  // namespace hakem::collectors

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "collectors/core/game_store.h"
#include "collectors/game/counting/followed_rows.h"
#include "collectors/game/counting/told_rows.h"
#include "model/time.h"

namespace hakem::collectors {

/// A row of websocket_connections that was asked for.
struct ConnectionRow {
  std::string id;
  bool active = false;
  std::string reason;  ///< Why it was closed; empty: nobody said.
  std::optional<PgTimestamp> closed = {};
};

/// A row that was closed in the span of a collection.
struct ClosedConnection {
  std::string id;
  std::string reason;
  PgTimestamp at;
};

/// Tells which connections were opened and which were closed. It keeps the ids of those that are
/// active and asks by primary key for those that no longer are, as SessionTracker does for
/// sessions. A connection that was opened and closed between two looks is seen only where an index
/// on the times of closing lets closed rows be read.
class ConnectionTracker {
 public:
  struct News {
    std::uint64_t opened = 0;
    std::vector<std::string> closed;  ///< The reason of each; empty where there is none.
  };

  /// What one look at the database told, all of it of one snapshot.
  struct Look {
    bool scanned = true;                  ///< False: only `ended` is known.
    std::vector<std::string> active;      ///< Ids.
    std::vector<ConnectionRow> asked;     ///< Those of wanted() that still exist.
    std::vector<ClosedConnection> ended;  ///< Closed in the span up to `bound`; empty: not known.
    PgTimestamp bound;
  };

  /// The first look only tells what there is.
  News See(const Look& look);

  /// Ids whose rows the next look must tell.
  const std::vector<std::string>& wanted() const { return active_.wanted(); }

  /// Adds what Read needs to go on from here.
  void Write(GameRecords& records) const;

  /// Goes on from where another one was written. False when a record is not understood.
  bool Read(const GameRecords& records);

 private:
  void SeeAsked(const Look& look, const std::vector<std::string>& asked, News& news);
  void SeeEnded(const Look& look, News& news);
  void SeeActive(const Look& look, News& news);

  FollowedRows active_;
  ToldRows told_{"closed/"};
};

}  // namespace hakem::collectors

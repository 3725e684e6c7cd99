#pragma once

#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "collectors/core/game_store.h"
#include "collectors/game/counting/counted_rows.h"
#include "collectors/game/counting/followed_rows.h"
#include "model/time.h"

namespace hakem::collectors {

/// The life of one session, as its row of game_sessions describes it.
struct SessionRow {
  std::string id;  ///< Empty if the schema has no id.
  std::string status;
  std::string game_type;   ///< Empty if the schema has no game types.
  bool live = false;       ///< The status is one of StatusWords::live.
  bool started = false;    ///< The row has a `started_at`.
  bool completed = false;  ///< The status is one of StatusWords::completed.
  PgTimestamp created;
  /// From `created_at` to `started_at`. Nothing if one is NULL; NaN if one is out of range.
  std::optional<double> wait_seconds = {};
  /// From `started_at` to `completed_at`. Nothing if one is NULL; NaN if one is out of range.
  std::optional<double> play_seconds = {};
};

/// A live session that a scan returned.
struct LiveSession {
  std::string id;
  bool started = false;
  int unusable = 0;  ///< A combination of the kUnusable… bits.
};

/// Finds out which sessions were started and which ended between two polls, without an index on
/// either time. It keeps the ids of live sessions and requests by primary key the rows of those
/// that are no longer live or have started since. Each poll is one snapshot of the database, so
/// each change is reported once, however late its transaction commits. A session that was created
/// and ended between two polls is found among the new rows. Used by one thread.
class SessionTracker {
 public:
  /// What changed since the previous poll. A session can be in both lists.
  struct Changes {
    std::vector<SessionRow> started;
    std::vector<SessionRow> ended;
  };

  /// What one poll of the database returned. All of it comes from one snapshot.
  struct Poll {
    bool scanned = true;  ///< False: `live` and `requested` were not read.
    std::vector<LiveSession> live;
    std::vector<SessionRow> requested;  ///< The rows of wanted() that still exist.
    std::vector<SessionRow> created;    ///< Created between the previous horizon and `horizon`.
    PgTimestamp horizon;                ///< All rows from before it are committed.
  };

  /// Takes one poll and returns the changes. The first poll is the baseline: starts and ends from
  /// before it are not reported.
  Changes Observe(const Poll& poll);

  /// Ids whose rows the next poll must request.
  const std::vector<std::string>& wanted() const { return live_.wanted(); }

  /// Adds the records that Read needs to continue from this state.
  void Write(GameRecords& records) const;

  /// Restores the state that Write saved. Returns false if a record cannot be parsed.
  bool Read(const GameRecords& records);

 private:
  void ObserveRequested(const std::vector<SessionRow>& rows,
                        const std::vector<std::string>& requested, Changes& changes);
  void ObserveLive(const std::vector<LiveSession>& live);
  void ObserveCreated(const Poll& poll, Changes& changes);
  void Drop(const std::string& id);

  FollowedRows live_;
  /// The followed sessions whose start was reported, or was before the first poll.
  std::unordered_set<std::string> started_;
  /// Ended sessions whose creation is not before the horizon yet: a later poll returns them among
  /// the new rows. The prefix of their records is that of version 0.1.0.
  CountedRows counted_{"told/"};
};

}  // namespace hakem::collectors

#pragma once

#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "collectors/core/game_store.h"
#include "collectors/game/counting/followed_rows.h"
#include "collectors/game/counting/told_rows.h"
#include "model/time.h"

namespace hakem::collectors {

/// One row of game_sessions, as far as its life is told by it.
struct SessionRow {
  std::string id;  ///< Empty: the schema has none.
  std::string status;
  std::string game_type;   ///< Empty: the schema has none.
  bool live = false;       ///< By its status.
  bool started = false;    ///< It has a started_at.
  bool completed = false;  ///< Played to its end, by its status.
  PgTimestamp created;
  /// created_at → started_at; NaN: one of them cannot be computed with.
  std::optional<double> wait_seconds = {};
  std::optional<double> play_seconds = {};  ///< started_at → completed_at, likewise.
};

/// A live session in the scan.
struct LiveSession {
  std::string id;
  bool started = false;
  int trouble = 0;  ///< kTrouble….
};

/// Tells which sessions were started and which ended, without an index on the times of either: it
/// keeps the ids of live sessions, and asks by primary key for those that are no longer live or
/// have been started since. What it is told comes from one snapshot of the database each time, so
/// it sees each change once, however late its transaction was committed. A session that was created
/// and ended between two looks is seen among the new rows.
class SessionTracker {
 public:
  /// What one look showed; a session can be in both.
  struct News {
    std::vector<SessionRow> started;
    std::vector<SessionRow> ended;
  };

  /// What one look at the database told.
  struct Look {
    bool scanned = true;  ///< False: nothing is known of live sessions, and none were asked for.
    std::vector<LiveSession> live;
    std::vector<SessionRow> asked;    ///< Those of wanted() that still exist.
    std::vector<SessionRow> created;  ///< Created in the span up to `bound`.
    PgTimestamp bound;
  };

  /// The first look only tells what there is: what happened before it is not news.
  News See(const Look& look);

  /// Ids whose rows the next look must tell.
  const std::vector<std::string>& wanted() const { return live_.wanted(); }

  /// Adds what Read needs to go on from here.
  void Write(GameRecords& records) const;

  /// Goes on from where another one was written. False when a record is not understood.
  bool Read(const GameRecords& records);

 private:
  void SeeAsked(const std::vector<SessionRow>& rows, const std::vector<std::string>& asked,
                News& news);
  void SeeLive(const std::vector<LiveSession>& live);
  void SeeCreated(const Look& look, News& news);
  void Drop(const std::string& id);

  FollowedRows live_;
  /// Of these, whose start has been told, or came before the first look.
  std::unordered_set<std::string> started_;
  /// By the time they were created: they come as new rows too.
  ToldRows told_{"told/"};
};

}  // namespace hakem::collectors

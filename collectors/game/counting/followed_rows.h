#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace hakem::collectors {

/// How many live sessions, and as many active connections, are followed by their ids. Each takes
/// about 1 KB of memory.
inline constexpr std::size_t kMaxFollowedRows = 50'000;

/// Remembers the ids of live rows between polls, and which of them the next poll must request by
/// primary key because they are no longer live. A poll is one snapshot of the database: it returns
/// the rows that were requested and the ids that are live now. Used by one thread.
class FollowedRows {
 public:
  /// How many rows one poll requests at most.
  static constexpr std::size_t kMaxWanted = 1000;

  /// Starts a poll: returns the ids whose rows it requested, and empties wanted().
  std::vector<std::string> BeginPoll();

  /// True during the first poll, which is the baseline: what it shows may be older than Hakem.
  bool is_first_poll() const { return polls_ <= 1; }

  /// Reports a row that is live in this poll. Returns true if it is now followed for the first
  /// time. A new row is ignored while kMaxFollowedRows are followed; a later poll adds it.
  bool Observe(const std::string& id);

  /// Follows a row that was found by other means. The next poll decides whether it is still live.
  /// Ignored while kMaxFollowedRows are followed.
  void Follow(std::string_view id);

  /// Stops following a row. Returns false if it was not followed.
  bool Drop(const std::string& id) { return rows_.erase(id) > 0; }

  bool Has(const std::string& id) const { return rows_.contains(id); }

  /// Adds a row to wanted(), unless kMaxWanted are wanted already.
  void Want(const std::string& id);

  /// Calls Want for every followed row that this poll did not show.
  void WantVanished();

  /// Ids whose rows the next poll must request; at most kMaxWanted.
  const std::vector<std::string>& wanted() const { return wanted_; }

  /// All followed ids, in no particular order. Valid until the next change.
  std::vector<std::string_view> ids() const;

  /// Marks the state as restored from a checkpoint: the next poll is not a first poll, so rows that
  /// it does not show have ended in the meantime.
  void Resume() { polls_ = 1; }

 private:
  std::size_t polls_ = 0;
  std::unordered_map<std::string, std::size_t> rows_;  ///< By id, the last poll that showed it.
  std::vector<std::string> wanted_;
};

}  // namespace hakem::collectors

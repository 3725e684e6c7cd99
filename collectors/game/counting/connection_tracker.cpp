#include "collectors/game/counting/connection_tracker.h"

#include <string_view>
#include <unordered_set>

#include "collectors/game/counting/record_codec.h"

namespace hakem::collectors {
namespace {

constexpr std::string_view kPrefix = "socket/";

}  // namespace

ConnectionTracker::Changes ConnectionTracker::Observe(const Poll& poll) {
  Changes changes;
  if (poll.scanned) {
    ObserveRequested(poll, active_.BeginPoll(), changes);
  }
  ObserveClosed(poll, changes);
  if (poll.scanned) {
    ObserveActive(poll, changes);
  }
  counted_.ForgetBefore(poll.horizon);
  return changes;
}

void ConnectionTracker::ObserveRequested(const Poll& poll,
                                         const std::vector<std::string>& requested,
                                         Changes& changes) {
  std::unordered_set<std::string_view> answered;
  for (const ConnectionRow& row : poll.requested) {
    answered.insert(row.id);
    if (row.active || !active_.Drop(row.id)) {
      continue;
    }
    changes.closed.push_back(row.reason);
    if (row.closed) {
      counted_.Add(row.id, *row.closed);
    }
  }
  for (const std::string& id : requested) {
    if (!answered.contains(id) && active_.Drop(id)) {
      changes.closed.emplace_back();  // The row of the closed connection was deleted.
    }
  }
}

void ConnectionTracker::ObserveClosed(const Poll& poll, Changes& changes) {
  for (const ClosedConnection& row : poll.closed) {
    if (counted_.Has(row.id)) {
      continue;
    }
    const bool was_unknown = !active_.Drop(row.id);
    if (was_unknown && !active_.is_first_poll()) {
      ++changes.opened;
    }
    changes.closed.push_back(row.reason);
  }
}

void ConnectionTracker::ObserveActive(const Poll& poll, Changes& changes) {
  for (const std::string& id : poll.active) {
    const bool opened = active_.Observe(id);
    if (opened && !active_.is_first_poll()) {
      ++changes.opened;
    }
  }
  active_.WantVanished();
}

void ConnectionTracker::Write(GameRecords& records) const {
  for (const std::string_view id : active_.ids()) {
    records.emplace(std::string(kPrefix).append(id), "");
  }
  counted_.Write(records);
}

bool ConnectionTracker::Read(const GameRecords& records) {
  active_.Resume();
  for (const auto& [key, value] : RecordsWithPrefix(kPrefix, records)) {
    active_.Follow(std::string_view(key).substr(kPrefix.size()));
  }
  return counted_.Read(records);
}

}  // namespace hakem::collectors

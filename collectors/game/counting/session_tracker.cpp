#include "collectors/game/counting/session_tracker.h"

#include <string_view>
#include <unordered_set>

#include "collectors/game/counting/record_codec.h"

namespace hakem::collectors {
namespace {

constexpr std::string_view kPrefix = "session/";

}  // namespace

SessionTracker::Changes SessionTracker::Observe(const Poll& poll) {
  Changes changes;
  if (poll.scanned) {
    ObserveRequested(poll.requested, live_.BeginPoll(), changes);
    ObserveLive(poll.live);
  }
  ObserveCreated(poll, changes);
  counted_.ForgetBefore(poll.horizon);
  return changes;
}

void SessionTracker::ObserveRequested(const std::vector<SessionRow>& rows,
                                      const std::vector<std::string>& requested, Changes& changes) {
  std::unordered_set<std::string_view> answered;
  for (const SessionRow& row : rows) {
    answered.insert(row.id);
    if (!live_.Has(row.id)) {
      continue;
    }
    if (row.started && started_.insert(row.id).second) {
      changes.started.push_back(row);
    }
    if (!row.live) {
      changes.ended.push_back(row);
      counted_.Add(row.id, row.created);
      Drop(row.id);
    }
  }
  for (const std::string& id : requested) {
    if (!answered.contains(id)) {
      Drop(id);  // The row was deleted, so how it ended stays unknown.
    }
  }
}

void SessionTracker::ObserveLive(const std::vector<LiveSession>& live) {
  for (const LiveSession& session : live) {
    const bool is_new = live_.Observe(session.id);
    if (!session.started) {
      continue;
    }
    if (is_new && live_.is_first_poll()) {
      started_.insert(session.id);
    } else if (live_.Has(session.id) && !started_.contains(session.id)) {
      live_.Want(session.id);
    }
  }
  live_.WantVanished();
}

void SessionTracker::ObserveCreated(const Poll& poll, Changes& changes) {
  for (const SessionRow& row : poll.created) {
    if (row.live && !poll.scanned && !row.id.empty()) {
      live_.Follow(row.id);  // It may end before the next scan.
    }
    if (row.live || live_.Has(row.id) || counted_.Has(row.id)) {
      continue;
    }
    if (row.started) {
      changes.started.push_back(row);
    }
    changes.ended.push_back(row);
  }
}

void SessionTracker::Drop(const std::string& id) {
  live_.Drop(id);
  started_.erase(id);
}

void SessionTracker::Write(GameRecords& records) const {
  for (const std::string_view id : live_.ids()) {
    FieldWriter fields;
    fields.Flag(started_.contains(std::string(id)));
    records.emplace(std::string(kPrefix).append(id), fields.Take());
  }
  counted_.Write(records);
}

bool SessionTracker::Read(const GameRecords& records) {
  live_.Resume();
  for (const auto& [key, value] : RecordsWithPrefix(kPrefix, records)) {
    const std::string id = key.substr(kPrefix.size());
    FieldReader fields(value);
    live_.Follow(id);
    if (fields.Flag()) {
      started_.insert(id);
    }
    if (!fields.done()) {
      return false;
    }
  }
  return counted_.Read(records);
}

}  // namespace hakem::collectors

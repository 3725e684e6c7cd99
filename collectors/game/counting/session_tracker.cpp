#include "collectors/game/counting/session_tracker.h"

#include <string_view>
#include <unordered_set>

#include "collectors/game/counting/record_codec.h"

namespace hakem::collectors {
namespace {

constexpr std::string_view kSession = "session/";

}  // namespace

SessionTracker::News SessionTracker::See(const Look& look) {
  News news;
  if (look.scanned) {
    SeeAsked(look.asked, live_.BeginLook(), news);
    SeeLive(look.live);
  }
  SeeCreated(look, news);
  told_.Forget(look.bound);
  return news;
}

void SessionTracker::SeeAsked(const std::vector<SessionRow>& rows,
                              const std::vector<std::string>& asked, News& news) {
  std::unordered_set<std::string_view> answered;
  for (const SessionRow& row : rows) {
    answered.insert(row.id);
    if (!live_.Has(row.id)) {
      continue;
    }
    if (row.started && started_.insert(row.id).second) {
      news.started.push_back(row);
    }
    if (!row.live) {
      news.ended.push_back(row);
      told_.Tell(row.id, row.created);
      Drop(row.id);
    }
  }
  for (const std::string& id : asked) {
    if (!answered.contains(id)) {
      Drop(id);  // The row was deleted: nobody will ever know.
    }
  }
}

void SessionTracker::SeeLive(const std::vector<LiveSession>& live) {
  for (const LiveSession& session : live) {
    const bool is_new = live_.See(session.id);
    if (!session.started) {
      continue;
    }
    if (is_new && live_.is_first_look()) {
      started_.insert(session.id);
    } else if (live_.Has(session.id) && !started_.contains(session.id)) {
      live_.Want(session.id);
    }
  }
  live_.WantVanished();
}

void SessionTracker::SeeCreated(const Look& look, News& news) {
  for (const SessionRow& row : look.created) {
    if (row.live && !look.scanned && !row.id.empty()) {
      live_.Follow(row.id);  // It may end before the next scan.
    }
    if (row.live || live_.Has(row.id) || told_.Has(row.id)) {
      continue;
    }
    if (row.started) {
      news.started.push_back(row);
    }
    news.ended.push_back(row);
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
    records.emplace(std::string(kSession).append(id), fields.Take());
  }
  told_.Write(records);
}

bool SessionTracker::Read(const GameRecords& records) {
  live_.Resume();
  for (const auto& [key, value] : RecordsUnder(kSession, records)) {
    const std::string id = key.substr(kSession.size());
    FieldReader fields(value);
    live_.Follow(id);
    if (fields.Flag()) {
      started_.insert(id);
    }
    if (!fields.done()) {
      return false;
    }
  }
  return told_.Read(records);
}

}  // namespace hakem::collectors

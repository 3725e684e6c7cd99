#include "collectors/game/counting/session_tracker.h"

#include <string_view>
#include <unordered_set>

#include "collectors/game/fields.h"

namespace hakem::collectors {
namespace {

constexpr std::string_view kSession = "session/";
constexpr std::string_view kTold = "told/";

}  // namespace

SessionTracker::News SessionTracker::See(const Look& look) {
  News news;
  if (look.scanned) {
    ++looks_;
    SeeAsked(look.asked, news);
    SeeLive(look.live);
  }
  SeeCreated(look, news);
  std::erase_if(told_, [&](const auto& entry) { return entry.second < look.bound; });
  return news;
}

void SessionTracker::SeeAsked(const std::vector<SessionRow>& asked, News& news) {
  std::unordered_set<std::string_view> answered;
  for (const SessionRow& row : asked) {
    answered.insert(row.id);
    const auto found = tracked_.find(row.id);
    if (found == tracked_.end()) {
      continue;
    }
    if (row.started && !found->second.started) {
      found->second.started = true;
      news.started.push_back(row);
    }
    if (!row.live) {
      news.ended.push_back(row);
      told_.emplace(row.id, row.created);
      tracked_.erase(found);
    }
  }
  for (const std::string& id : wanted_) {
    if (!answered.contains(id)) {
      tracked_.erase(id);  // The row was deleted: nobody will ever know.
    }
  }
}

void SessionTracker::SeeLive(const std::vector<LiveSession>& live) {
  wanted_.clear();
  for (const LiveSession& session : live) {
    const bool before_us = looks_ == 1 && session.started;
    Tracked& tracked = tracked_.try_emplace(session.id, Tracked{before_us}).first->second;
    tracked.seen = looks_;
    if (session.started && !tracked.started && wanted_.size() < kMostWanted) {
      wanted_.push_back(session.id);
    }
  }
  for (const auto& [id, tracked] : tracked_) {
    if (tracked.seen != looks_ && wanted_.size() < kMostWanted) {
      wanted_.push_back(id);
    }
  }
}

void SessionTracker::SeeCreated(const Look& look, News& news) {
  for (const SessionRow& row : look.created) {
    if (row.live && !look.scanned) {
      tracked_.try_emplace(row.id);  // It may end before the next scan.
    }
    if (row.live || tracked_.contains(row.id) || told_.contains(row.id)) {
      continue;
    }
    if (row.started) {
      news.started.push_back(row);
    }
    news.ended.push_back(row);
  }
}

void SessionTracker::Write(GameRecords& records) const {
  for (const auto& [id, tracked] : tracked_) {
    FieldWriter fields;
    fields.Flag(tracked.started);
    records.emplace(std::string(kSession) + id, fields.Take());
  }
  for (const auto& [id, created] : told_) {
    FieldWriter fields;
    fields.Instant(created);
    records.emplace(std::string(kTold) + id, fields.Take());
  }
}

bool SessionTracker::Read(const GameRecords& records) {
  looks_ = 1;  // What is not live at the next look has ended since.
  for (const auto& [key, value] : RecordsUnder(kSession, records)) {
    FieldReader fields(value);
    tracked_.emplace(key.substr(kSession.size()), Tracked{fields.Flag()});
    if (!fields.done()) {
      return false;
    }
  }
  for (const auto& [key, value] : RecordsUnder(kTold, records)) {
    FieldReader fields(value);
    told_.emplace(key.substr(kTold.size()), fields.Instant());
    if (!fields.done()) {
      return false;
    }
  }
  return true;
}

}  // namespace hakem::collectors

#include "collectors/game/session_tracker.h"

#include <string_view>
#include <unordered_set>

namespace hakem::collectors {

SessionTracker::News SessionTracker::See(const Look& look) {
  News news;
  ++looks_;
  SeeAsked(look.asked, news);
  SeeLive(look.live);
  SeeCreated(look.created, news);
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

void SessionTracker::SeeCreated(const std::vector<SessionRow>& created, News& news) {
  for (const SessionRow& row : created) {
    if (row.live || tracked_.contains(row.id) || told_.contains(row.id)) {
      continue;
    }
    if (row.started) {
      news.started.push_back(row);
    }
    news.ended.push_back(row);
  }
}

}  // namespace hakem::collectors
